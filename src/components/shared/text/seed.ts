import type { Doc } from 'yjs';

/** All who begin a text are this one to the others: what is begun twice is then there once. */
const BEGINNER = 1;

/** Put a text into a document in which nobody has written yet. Two who do it at the same time do it once. */
export async function seed(doc: Doc, name: string, text: string): Promise<void> {
  const yjs = await import('yjs');
  if (yjs.encodeStateVector(doc).length > 1) {
    return;
  }
  const beginning = new yjs.Doc();
  beginning.clientID = BEGINNER;
  beginning.getText(name).insert(0, text);
  yjs.applyUpdate(doc, yjs.encodeStateAsUpdate(beginning));
  beginning.destroy();
}
