import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import { JobCommands } from '../../tokens/jobs';
import { attempt, textArguments, textOf } from '../basics/commands';

/** Opens the files that a log names, at the line that it names. */
export const jobFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-files',
  description: 'Opens a file at a line, as tracebacks in the logs of jobs name them.',
  autoStart: true,
  requires: [IDocumentManager, ITranslator],
  activate: (app: JupyterFrontEnd, documents: IDocumentManager, translator: ITranslator) => {
    const trans = translator.load(DOMAIN);
    app.commands.addCommand(JobCommands.openFile, {
      describedBy: textArguments({
        path: trans.__('The path of a file, from the root of the files'),
        line: trans.__('A line of it, from 1')
      }),
      execute: async args => {
        const line = Number(textOf(args, 'line')) || 1;
        await attempt(trans.__('The file was not opened'), () =>
          openAt(documents, textOf(args, 'path'), line)
        );
      }
    });
  }
};

async function openAt(documents: IDocumentManager, path: string, line: number): Promise<void> {
  // A file that is not there is said here, and not in a document of nothing.
  await documents.services.contents.get(path, { content: false });
  const widget = documents.openOrReveal(path);
  if (!widget) {
    return;
  }
  await widget.context.ready;
  await widget.revealed;
  // The document of a text has an editor; notebooks and pictures have none.
  const { editor } = widget.content as { editor?: IEditor };
  if (editor) {
    const position = { line: Math.min(line, editor.lineCount) - 1, column: 0 };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }
}

/** What is used of an editor. */
interface IEditor {
  readonly lineCount: number;
  setCursorPosition(position: { line: number; column: number }): void;
  revealPosition(position: { line: number; column: number }): void;
  focus(): void;
}
