/** A place in a file that a line names. */
export interface IFileLink {
  /** Begin and end of what names it, in characters of the line. */
  start: number;
  end: number;
  path: string;
  /** The line in the file, from 1. */
  line: number;
}

/** Opens the files that a log names. */
export interface IFileOpener {
  /** The path of a file as Lab knows it; null for one that lies elsewhere. */
  find(path: string): string | null;
  open(path: string, line: number): void;
}

const LONGEST = 1000;
const MOST = 10;
/** As Python says it in a traceback. */
const PYTHON = /File "([^"]{1,400})", line (\d{1,7})/g;
/** As warnings, compilers and test runners say it. */
const COLON = /(?:^|[\s('"[])([\w./~+-]{1,300}\.[A-Za-z]{1,6}):(\d{1,7})(?=[:\s)\]'",]|$)/g;

/** The places in files that a line names, in order. */
export function linksOf(text: string): IFileLink[] {
  const beginning = text.slice(0, LONGEST);
  const found = [...matches(beginning, PYTHON), ...matches(beginning, COLON)];
  return found.sort((a, b) => a.start - b.start).slice(0, MOST);
}

function matches(text: string, pattern: RegExp): IFileLink[] {
  if (!/:\d|line \d/.test(text)) {
    return [];
  }
  return [...text.matchAll(pattern)].map(({ 0: whole, 1: path, 2: line, index }) => {
    const start = index + whole.indexOf(path);
    return { start, end: start + path.length, path, line: Number(line) };
  });
}

/**
 * A file below a root as Lab knows it: its path from there. One that is named from somewhere is looked for below
 * `folder`. Null for what lies elsewhere.
 */
export function pathBelow(root: string, folder: string, path: string): string | null {
  const whole = path.startsWith('/') ? path : `${folder}/${path}`;
  const steps: string[] = [];
  for (const step of whole.split('/')) {
    if (step === '..') {
      steps.pop();
    } else if (step !== '' && step !== '.') {
      steps.push(step);
    }
  }
  const plain = `/${steps.join('/')}`;
  const base = root.replace(/\/+$/, '');
  return root.startsWith('/') && plain.startsWith(`${base}/`) ? plain.slice(base.length + 1) : null;
}
