import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobFilesPlugin } from '../../../../src/plugins/jobs/files';
import { JobCommands } from '../../../../src/tokens/jobs';

afterEach(() => void vi.restoreAllMocks());

function start(content: object, get = () => Promise.resolve({})) {
  const commands = new CommandRegistry();
  const opened: string[] = [];
  const documents = {
    services: { contents: { get } },
    openOrReveal: (path: string) => {
      opened.push(path);
      return { context: { ready: Promise.resolve() }, revealed: Promise.resolve(), content };
    }
  };
  void jobFilesPlugin.activate({ commands } as never, documents, nullTranslator);
  const open = (path: string, line: string) =>
    commands.execute(JobCommands.openFile, { path, line });
  return { open, opened };
}

describe('files that a log names', () => {
  // proves: training.log-links
  it('open at their line', async () => {
    const editor = {
      lineCount: 20,
      setCursorPosition: vi.fn(),
      revealPosition: vi.fn(),
      focus: vi.fn()
    };
    const { open, opened } = start({ editor });
    await open('a/train.py', '12');
    expect(opened).toEqual(['a/train.py']);
    expect(editor.setCursorPosition).toHaveBeenCalledWith({ line: 11, column: 0 });
    expect(editor.revealPosition).toHaveBeenCalledWith({ line: 11, column: 0 });
    await open('a/train.py', '500');
    expect(editor.setCursorPosition).toHaveBeenLastCalledWith({ line: 19, column: 0 });
  });

  it('open as they are where they are no text', async () => {
    const { open, opened } = start({});
    await open('plot.png', '3');
    expect(opened).toEqual(['plot.png']);
  });

  it('say that they are not there, and open nothing', async () => {
    const said = vi.spyOn(Notification, 'error').mockReturnValue('');
    const { open, opened } = start({}, () => Promise.reject(new Error('No such file.')));
    await open('gone.py', '1');
    expect(opened).toEqual([]);
    expect(said.mock.calls[0][0]).toBe('The file was not opened: No such file.');
  });
});
