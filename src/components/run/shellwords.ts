/** A command line that cannot be read, and why. */
export class UnclosedQuoteError extends Error {}

const WORD = /\s*((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/y;

/** Cut a line into arguments as a shell would, with quotes and backslashes and nothing else. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (line.slice(at).trim() !== '') {
    WORD.lastIndex = at;
    const match = WORD.exec(line);
    if (!match) {
      throw new UnclosedQuoteError(line.slice(at).trim());
    }
    words.push(unquote(match[1]));
    at = WORD.lastIndex;
  }
  return words;
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? ''
  );
}
