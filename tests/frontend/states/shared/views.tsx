import type { DOMWidgetView, IWidgetManager } from '@jupyter-widgets/base';
import type { Widget } from '@lumino/widgets';
import React from 'react';
import type { Visitor } from '../../../../src/api/state';
import { FollowFrame } from '../../../../src/components/shared/presence/frame';
import { CrispdmModel, page } from '../../../../src/widgets/basics/react';
import {
  ChatView,
  PresenceView,
  SharedTextView,
  WhiteboardView
} from '../../../../src/widgets/shared';
import { aVisitor, FakePresence, FakeStates, FakeValues, refusal } from '../../shared';
import type { IScene, IView } from '../scene';
import { LONG, NOW, times, view } from '../scene';
import { Lumino, press, workbenchOf } from '../workbench';

const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;

type ViewClass = new (options: { model: CrispdmModel; options: object }) => DOMWidgetView;

/** What the pages of a state share. */
interface IShared {
  values?: Readonly<Record<string, unknown>>;
  texts?: Readonly<Record<string, string>>;
  others?: readonly Visitor[];
  following?: string;
  isReady?: boolean;
  error?: string;
}

function widget(View: ViewClass, values: object, shared: IShared): IScene['element'] {
  return () => {
    const server = new FakeValues();
    Object.entries(shared.values ?? {}).forEach(([key, value]) => server.write(key, value));
    const states = Object.assign(new FakeStates(server), { texts: shared.texts ?? {} });
    Object.assign(states.standing, { isReady: shared.isReady ?? true, error: shared.error ?? '' });
    const presence = Object.assign(new FakePresence(), {
      others: shared.others ?? [],
      following: shared.following ?? '',
      isReady: shared.isReady ?? true
    });
    page.workbench = workbenchOf({ states, presence });
    const make = (): Widget => {
      const model = new CrispdmModel(values, { model_id: 'm1', widget_manager: manager });
      model.save_changes = () => undefined;
      const made = new View({ model, options: {} });
      made.render();
      return made.luminoWidget;
    };
    return <Lumino make={make} />;
  };
}

const REFUSED = refusal(403, 'You may not read this.').message;

const TEAM = [
  aVisitor({ session: 'a', user: 'ann', title: 'Modeling · Digits', color: 0 }),
  aVisitor({ session: 'b', user: 'Bo Larsen', title: 'Counter', color: 2 }),
  aVisitor({ session: 'c', user: 'cy', title: '', page: '', color: 5 })
];

const presence = (shared: IShared): IScene['element'] => widget(PresenceView, {}, shared);

const PRESENCE: IView = view({
  name: 'presence',
  files: ['widgets/shared/presence.tsx'],
  width: 640,
  height: 120,
  scenes: {
    empty: { element: presence({}), says: ['Nobody else is here now.'] },
    loading: { element: presence({ isReady: false }), says: ['Looking who is here…'] },
    usual: {
      element: presence({ others: TEAM, following: 'b' }),
      says: ['ann', 'Bo Larsen', 'elsewhere', 'Follow ann: Modeling · Digits'],
      roles: { button: 3 }
    },
    long: {
      element: presence({ others: [aVisitor({ user: LONG, title: LONG })] }),
      says: [LONG]
    },
    many: {
      element: presence({
        others: times(40, at => aVisitor({ session: `s${at}`, user: `user ${at}`, color: at % 8 }))
      }),
      says: ['user 0', '32 more'],
      hides: ['user 9'],
      roles: { button: 9 }
    }
  },
  without: { error: 'Who cannot be seen is not shown; the banner of the page tells of the server.' }
});

/** A frame in a place of its own: in a page it lies around the window. */
function following(visitor: Visitor): IScene['element'] {
  return () => (
    <div style={{ height: 90, transform: 'translateZ(0)' }}>
      <FollowFrame visitor={visitor} onEnd={() => undefined} />
    </div>
  );
}

const FOLLOW: IView = view({
  name: 'follow',
  files: ['components/shared/presence/frame.tsx'],
  width: 640,
  height: 90,
  scenes: {
    usual: {
      element: following(TEAM[1]),
      says: ['You follow Bo Larsen.', 'Stop (Esc)'],
      roles: { status: 1, button: 1 }
    },
    long: {
      element: following(aVisitor({ user: LONG })),
      says: [LONG]
    }
  },
  without: {
    empty: 'It is there only while somebody is followed.',
    loading: 'It is there only while somebody is followed.',
    error: 'It is there only while somebody is followed.',
    many: 'One is followed at a time.'
  }
});

const said = (by: string, text: string, minutes: number): object => ({
  id: `${by}${minutes}`,
  by,
  text,
  time: new Date(Date.parse(NOW) - minutes * 60_000).toISOString()
});

const ROOMS = { 'line-3': { name: 'line-3' }, 'new-labels': { name: 'new-labels' } };
const TALK = [
  said('bo', 'The scans of yesterday are in.', 1500),
  said('ann', 'Thanks! I start the training.', 42),
  said('ann', 'It takes about ten minutes.', 41),
  said('bo', 'if loss < 0.1:\n    print("<b>done</b>")', 12),
  said('cy', 'I look at page 17, it is upside down.', 2)
];

function chat(shared: IShared, values: object = {}): IScene['element'] {
  return widget(ChatView, { room: 'General', height: 420, ...values }, shared);
}

const CHAT: IView = view({
  name: 'chat',
  files: ['widgets/shared/chat.tsx'],
  width: 720,
  height: 440,
  scenes: {
    empty: { element: chat({}), says: ['Nothing was said here yet.', 'Message'] },
    loading: { element: chat({ isReady: false }), says: ['Loading…'] },
    error: { element: chat({ error: REFUSED }), says: [REFUSED], roles: { alert: 2 } },
    usual: {
      element: chat({
        values: {
          'chat:rooms': ROOMS,
          'chat:latest': { 'line-3': { message: 'x', by: 'bo' } },
          'chat:room:general': TALK
        },
        texts: { 'chat:topic:general': 'Training on the scans of November' },
        others: [aVisitor({ session: 'b', user: 'bo', selection: { typing: 'general' } })]
      }),
      says: ['The scans of yesterday are in.', '<b>done</b>', 'bo is writing…', 'unread', 'line-3']
    },
    long: {
      element: chat(
        {
          values: {
            'chat:rooms': { x: { name: LONG } },
            'chat:room:general': [said(LONG, LONG.replaceAll(' ', ''), 1), said('bo', LONG, 1)]
          },
          others: [aVisitor({ user: LONG, selection: { typing: 'general' } })]
        },
        {}
      ),
      says: [LONG]
    },
    narrow: {
      element: () => (
        <div style={{ width: 360 }}>
          {chat({ values: { 'chat:rooms': ROOMS, 'chat:room:general': TALK } })()}
        </div>
      ),
      says: ['line-3']
    },
    many: {
      element: chat({
        values: {
          'chat:rooms': Object.fromEntries(times(60, at => [`r${at}`, { name: `room ${at}` }])),
          'chat:room:general': times(1000, at =>
            said(['ann', 'bo'][at % 2], `line ${at}`, 2000 - at)
          )
        }
      }),
      says: ['room 59'],
      hides: ['line 600']
    }
  }
});

const wave = (row: number, ink: number): object => ({
  stroke: `s${row}`,
  by: row % 2 ? 'ann' : 'bo',
  ink,
  width: [4, 10, 24][row % 3],
  points: times(180, at => [100 + at * 8, 120 + row * 90 + 40 * Math.sin(at / 6 + row)]).flat()
});

function board(shared: IShared, values: object = {}): IScene['element'] {
  return widget(WhiteboardView, { name: 'Ideas', title: '', ...values }, shared);
}

const drawn = (count: number): Record<string, unknown> => ({
  'board:ideas:0:0': times(count, row => wave(row % 8, row % 6))
});
const POINTERS = [
  aVisitor({
    session: 'b',
    user: 'bo',
    color: 2,
    cursor: [0.3, 0.4],
    selection: { board: 'ideas' }
  }),
  aVisitor({
    session: 'c',
    user: 'cy',
    color: 5,
    cursor: [0.8, 0.7],
    selection: { board: 'ideas' }
  })
];

const BOARD: IView = view({
  name: 'whiteboard',
  files: ['widgets/shared/whiteboard.tsx'],
  width: 720,
  height: 500,
  scenes: {
    empty: {
      element: board({}),
      says: ['Nothing is drawn yet.', 'Eraser', 'Undo', 'Save as PNG'],
      roles: { button: 3, group: 2 }
    },
    loading: { element: board({ isReady: false }), says: ['Loading…'] },
    error: { element: board({ error: REFUSED }), says: [REFUSED], roles: { alert: 1 } },
    usual: { element: board({ values: drawn(8), others: POINTERS }), says: ['bo', 'cy'] },
    clearing: {
      element: board({ values: drawn(3) }),
      act: root => press(root, 'Clear…'),
      says: ['Clear the board for everybody? It cannot be brought back.', 'Keep it'],
      roles: { button: 2 }
    },
    long: {
      element: board({ others: [{ ...POINTERS[0], user: LONG }] }, { title: LONG }),
      says: [LONG]
    },
    many: { element: board({ values: drawn(190) }), says: ['Undo'], hides: ['Nothing is drawn'] }
  }
});

function text(shared: IShared, values: object = {}): IScene['element'] {
  const usual = {
    key: 'goal',
    description: 'Goal',
    placeholder: 'What is wanted',
    start: '',
    rows: 3
  };
  return widget(SharedTextView, { ...usual, ...values }, shared);
}

const TEXT: IView = view({
  name: 'shared-text',
  files: ['widgets/shared/text.tsx'],
  width: 560,
  height: 120,
  scenes: {
    empty: { element: text({}), says: ['Goal', 'What is wanted'] },
    loading: { element: text({ isReady: false }), says: ['Goal'] },
    error: { element: text({ error: REFUSED }), says: [REFUSED], roles: { alert: 1 } },
    usual: { element: text({ texts: { goal: 'Find every digit.' } }), says: ['Find every digit.'] },
    long: {
      element: text({ texts: { goal: LONG.repeat(4) } }, { description: LONG }),
      says: [LONG]
    },
    many: {
      element: text({ texts: { goal: times(60, at => `line ${at}`).join('\n') } }),
      says: ['line 59']
    }
  }
});

export const SHARED = [PRESENCE, FOLLOW, CHAT, BOARD, TEXT];
