import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { StreamState } from '../../api/streams';
import { DOMAIN } from '../../components/basics/context';
import { IStreams, StreamCommands } from '../../tokens/streams';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textArguments, textOf } from '../basics/commands';
import { streamUnderMouse } from './targets';

/** What the commands for streams share. */
interface IContext {
  app: JupyterFrontEnd;
  streams: IStreams;
  translator: ITranslator;
  trans: TranslationBundle;
}

/** Makes, starts, stops and deletes streams. */
export const streamCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:streams',
  description: 'Adds the commands that make, start, stop and delete streams.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load(DOMAIN);
    const context = { app, streams: workbench.get(IStreams), translator, trans };
    addCreate(context);
    addStartAndStop(context);
    addDelete(context);
    palette?.addItem({ command: StreamCommands.create, category: trans.__('CRISP-DM') });
  }
};

function addCreate({ app, streams, translator, trans }: IContext): void {
  app.commands.addCommand(StreamCommands.create, {
    label: trans.__('New Stream…'),
    caption: trans.__('Watch a production line: a broker, a file that grows, an address'),
    describedBy: textArguments({}),
    execute: async () => {
      const [{ NewStreamDialog }, { NewStreamModel }] = await Promise.all([
        import('../../panels/streams/dialog'),
        import('../../panels/streams/formmodel')
      ]);
      const model = new NewStreamModel(streams, trans);
      const dialog = new NewStreamDialog(model, translator);
      await dialog.launch();
      const made = dialog.accepted;
      dialog.dispose();
      model.dispose();
      if (made) {
        await app.commands.execute(StreamCommands.open, { id: made.id });
      }
    }
  });
}

function addStartAndStop(context: IContext): void {
  const { app, streams, trans } = context;
  const add = (
    command: string,
    label: string,
    title: string,
    states: readonly StreamState[],
    run: (id: string) => Promise<void>
  ): void => {
    app.commands.addCommand(command, {
      label,
      describedBy: streamArguments(trans),
      isVisible: args => {
        const state = streams.find(idOf(context, args))?.state;
        return state === undefined || states.includes(state);
      },
      execute: args => attempt(title, () => run(idOf(context, args)))
    });
  };
  const startTitle = trans.__('The stream was not started');
  add(StreamCommands.start, trans.__('Start Stream'), startTitle, ['stopped', 'failed'], id =>
    streams.start(id)
  );
  const stopTitle = trans.__('The stream was not stopped');
  add(StreamCommands.stop, trans.__('Stop Stream'), stopTitle, ['running', 'starting'], id =>
    streams.stop(id)
  );
}

function addDelete(context: IContext): void {
  const { app, streams, trans } = context;
  app.commands.addCommand(StreamCommands.remove, {
    label: trans.__('Delete Stream…'),
    describedBy: streamArguments(trans),
    execute: async args => {
      const id = idOf(context, args);
      const name = streams.find(id)?.name ?? id;
      const isSure = await confirm(trans, {
        title: trans.__('Delete this stream?'),
        body: trans.__('“%1” ends, and all that it recorded is deleted with it.', name),
        accept: trans.__('Delete stream')
      });
      if (isSure) {
        const title = trans.__('The stream was not deleted');
        await attempt(title, () => streams.remove(id));
      }
    }
  });
}

function streamArguments(trans: TranslationBundle): ReturnType<typeof textArguments> {
  return textArguments({ id: trans.__('The id of the stream') });
}

/** The stream that a command is for: the one named, or the one under the mouse. */
function idOf({ app }: IContext, args: ReadonlyPartialJSONObject): string {
  return textOf(args, 'id') || streamUnderMouse(app);
}
