import { deleteIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Stream } from '../../api/streams';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatClock } from '../basics/format';

/** What can be done with streams. */
export interface IStreamActions {
  isPending: (id: string) => boolean;
  onOpen: (id: string) => void;
  onStart: (id: string) => void;
  onStop: (id: string) => void;
  onDelete: (id: string) => void;
}

/** What a list of streams shows and does. */
export interface IStreamListProps extends IStreamActions {
  streams: readonly Stream[];
  now: number;
  onAdd: () => void;
}

/** Streams, each with its state, how its samples come, and its last alarm. */
export function StreamList(props: IStreamListProps): React.JSX.Element {
  const { streams, onAdd } = props;
  const trans = useTrans();
  if (streams.length === 0) {
    return (
      <Empty
        title={trans.__('No streams.')}
        action={{ label: trans.__('New stream…'), run: onAdd }}
      >
        {trans.__('Watch a production line: a broker, a file that grows, an address.')}
      </Empty>
    );
  }
  return (
    <ul className="crispdm-List crispdm-StreamList" aria-label={trans.__('Streams')}>
      {streams.map(stream => (
        <li
          key={stream.id}
          className="crispdm-StreamRow"
          data-stream-id={stream.id}
          data-state={stream.state}
        >
          <StreamItem {...props} stream={stream} />
        </li>
      ))}
    </ul>
  );
}

type ItemProps = IStreamListProps & { stream: Stream };

function StreamItem(props: ItemProps): React.JSX.Element {
  const { stream, now, onOpen } = props;
  const { id, name, state, reason } = stream;
  const trans = useTrans();
  const detail = reason || detailOf(stream, trans);
  const isBad = state === 'failed' || (reason !== '' && state === 'running');
  return (
    <>
      <span
        className="crispdm-StreamRow-state"
        title={stateOf(state, trans)}
        role="img"
        aria-label={stateOf(state, trans)}
      />
      <button
        className="crispdm-StreamRow-name"
        title={name}
        aria-label={trans.__('Open %1', name)}
        onClick={() => onOpen(id)}
      >
        {name}
      </button>
      <LastAlarm stream={stream} now={now} />
      <span className={`crispdm-StreamRow-detail${isBad ? ' crispdm-Error' : ''}`} title={detail}>
        {detail}
      </span>
      <Actions {...props} />
    </>
  );
}

function LastAlarm({ stream, now }: { stream: Stream; now: number }): React.JSX.Element {
  const trans = useTrans();
  const { last_alarm: at, open_alarms: open } = stream;
  if (at === null) {
    return <span className="crispdm-StreamRow-alarm" />;
  }
  const title = trans.__('Last alarm: %1; %2 open', formatClock(at, now), open);
  return (
    <span className="crispdm-StreamRow-alarm" data-open={open > 0} title={title}>
      {open > 0 ? trans._n('%1 alarm', '%1 alarms', open) : formatClock(at, now)}
    </span>
  );
}

function Actions(props: ItemProps): React.JSX.Element {
  const { stream, isPending, onStart, onStop, onDelete } = props;
  const { id, name, state } = stream;
  const trans = useTrans();
  const isOn = state === 'running' || state === 'starting';
  return (
    <span className="crispdm-StreamRow-actions">
      {isOn ? (
        <Action label={trans.__('Stop %1', name)} isOff={isPending(id)} onClick={() => onStop(id)}>
          <stopIcon.react {...SIZE} />
        </Action>
      ) : (
        <Action
          label={trans.__('Start %1', name)}
          isOff={isPending(id)}
          onClick={() => onStart(id)}
        >
          <runIcon.react {...SIZE} />
        </Action>
      )}
      <Action
        label={trans.__('Delete %1', name)}
        isOff={isPending(id)}
        onClick={() => onDelete(id)}
      >
        <deleteIcon.react {...SIZE} />
      </Action>
    </span>
  );
}

function Action(props: {
  label: string;
  isOff: boolean;
  onClick: () => void;
  children: React.JSX.Element;
}): React.JSX.Element {
  const { label, isOff, onClick, children } = props;
  return (
    <button
      className="crispdm-StreamRow-action"
      title={label}
      aria-label={label}
      disabled={isOff}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

const SIZE = { tag: 'span' as const, width: '14px', height: '14px' };

function detailOf({ state, rate, lag }: Stream, trans: TranslationBundle): string {
  if (state !== 'running') {
    return stateOf(state, trans);
  }
  const speed = trans.__('%1 a second', rate.toFixed(rate < 10 ? 1 : 0));
  return lag === null ? speed : `${speed} · ${trans.__('lag %1 s', lag.toFixed(lag < 10 ? 2 : 0))}`;
}

function stateOf(state: Stream['state'], trans: TranslationBundle): string {
  const words: Record<Stream['state'], string> = {
    starting: trans.__('starting'),
    running: trans.__('running'),
    stopped: trans.__('stopped'),
    failed: trans.__('failed')
  };
  return words[state];
}
