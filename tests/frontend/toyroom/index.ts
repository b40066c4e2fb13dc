import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import React from 'react';
import type { ApiClient, LiveClient } from '../../../src/api';
import { useFacts } from '../../../src/components/basics/hooks';
import { Facts } from '../../../src/managers/basics/facts';
import { provide } from '../../../src/managers/basics/workbench';
import type { IRoom } from '../../../src/rooms/room';
import type { IFacts } from '../../../src/tokens/facts';
import { ISidePanel } from '../../../src/tokens/sidepanel';
import { IWorkbench } from '../../../src/tokens/workbench';
import { ReactView } from '../../../src/widgets/basics/react';

/** What people wrote on the wall. */
interface INotes extends IFacts {
  readonly texts: readonly string[];
  write(text: string): Promise<void>;
}

const INotes = new Token<INotes>('toy:INotes', 'What people wrote on the wall.');

class NotesManager extends Facts implements INotes {
  constructor(
    private readonly _api: ApiClient,
    live: LiveClient
  ) {
    super();
    this.followValue<{ notes: readonly string[] }>(live, 'notes', ({ notes }) => {
      this.texts = notes;
      this.arrived();
    });
  }
  texts: readonly string[] = [];
  write(text: string): Promise<void> {
    return this._api.send({ method: 'POST', path: 'notes' }, { body: { text } });
  }
}

function NoteList({ notes }: { notes: INotes }): React.JSX.Element {
  useFacts(notes);
  return React.createElement('p', null, notes.texts.join(', '));
}

class NotesView extends ReactView {
  protected body(workbench: IWorkbench): React.JSX.Element {
    return React.createElement(NoteList, { notes: workbench.get(INotes) });
  }
}

const notesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:notes',
  description: 'Shows the notes, and lets people write some.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, ISidePanel],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    panel: ISidePanel
  ) => {
    const notes = workbench.get(INotes);
    const trans = translator.load('toy');
    const render = () => React.createElement(NoteList, { notes });
    panel.addSection({ name: 'notes', label: trans.__('Notes'), rank: 15, render });
    app.commands.addCommand('toy:write-note', {
      execute: ({ text }) => notes.write(text as string),
      describedBy: { args: {} }
    });
  }
};

/** A room in one folder: what a new room needs, and nothing else. */
export const toyRoom: IRoom = {
  name: 'notes',
  shares: [provide(INotes, ({ api, connection }) => new NotesManager(api, connection))],
  widgets: () => Promise.resolve({ NotesView }),
  plugins: () => Promise.resolve([notesPlugin])
};
