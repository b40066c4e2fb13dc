import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import { messageOf } from '../../api';
import type { EventAction, StreamEvent } from '../../api/streams';
import type { IStreamEvents } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { formatClock, formatValue } from '../basics/format';
import { useFacts } from '../basics/hooks';
import { EventForm } from './eventform';
import { heatOf } from './heat';
import { formatSecond } from './moments';

/** So many are shown beside the plot. */
const LATEST = 3;
/** So many more with each look at the list. */
const PAGE = 50;
const PAUSE = 250;

interface IEventsProps {
  events: IStreamEvents;
  /** Alarms of a lower probability are not shown. */
  display: number;
}

/** The latest alarms, with what can be done about them; behind them all others. */
export function Events({ events, display }: IEventsProps): React.JSX.Element {
  const trans = useTrans();
  const [shown, setShown] = useState(LATEST);
  useFacts(events, PAUSE);
  const list = events.list.filter(({ probability }) => (probability ?? 1) >= display);
  const isOpen = shown > LATEST;
  const hidden = events.list.length - list.length;
  return (
    <section className="crispdm-Events" aria-label={trans.__('Alarms')}>
      <header className="crispdm-Events-header">
        <h3>{isOpen ? trans.__('All alarms') : trans.__('Latest alarms')}</h3>
        {hidden > 0 && (
          <span className="crispdm-Hint">
            {trans._n('%1 below the display threshold', '%1 below the display threshold', hidden)}
          </span>
        )}
        {list.length > LATEST && (
          <button
            className="crispdm-Button"
            aria-expanded={isOpen}
            onClick={() => setShown(isOpen ? LATEST : PAGE)}
          >
            {isOpen ? trans.__('Only the latest') : trans.__('All %1', list.length)}
          </button>
        )}
      </header>
      {list.length === 0 ? (
        <p className="crispdm-Hint">{trans.__('No alarms.')}</p>
      ) : (
        <EventTable list={list} shown={shown} events={events} />
      )}
      {isOpen && shown < list.length && (
        <button className="crispdm-Button" onClick={() => setShown(shown + PAGE)}>
          {trans.__('Show older ones')}
        </button>
      )}
    </section>
  );
}

function EventTable(props: {
  list: readonly StreamEvent[];
  shown: number;
  events: IStreamEvents;
}): React.JSX.Element {
  const { list, shown, events } = props;
  const trans = useTrans();
  const [opened, setOpened] = useState('');
  // Newer alarms do not take away the one that somebody writes about.
  const rows = list.filter(({ id }, at) => at < shown || id === opened);
  return (
    <table className="crispdm-Table crispdm-Events-table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Time')}</th>
          <th scope="col">{trans.__('Value')}</th>
          <th scope="col">{trans.__('Probability')}</th>
          <th scope="col">{trans.__('State')}</th>
          <th scope="col">{trans.__('Comment')}</th>
          <th scope="col">
            <span className="crispdm-Hidden">{trans.__('Actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(event => (
          <EventRow
            key={event.id}
            event={event}
            events={events}
            isOpen={event.id === opened}
            onOpen={() => setOpened(event.id === opened ? '' : event.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function EventRow(props: {
  event: StreamEvent;
  events: IStreamEvents;
  isOpen: boolean;
  onOpen: () => void;
}): React.JSX.Element {
  const { event, events, isOpen, onOpen } = props;
  const trans = useTrans();
  const [refusal, setRefusal] = useState('');
  const act = async (action: EventAction): Promise<void> => {
    setRefusal('');
    try {
      await events.act(event.id, action);
    } catch (error) {
      setRefusal(messageOf(error));
    }
  };
  const isPending = events.isPending(event.id);
  return (
    <>
      <tr data-state={event.state} title={event.message}>
        <td>{formatSecond(event.time, Date.now())}</td>
        <td>{event.value === null ? '–' : formatValue(event.value)}</td>
        <td>
          <Probability value={event.probability} />
        </td>
        <td>{stateOf(event, trans)}</td>
        <td className="crispdm-Events-comment">
          {event.label !== '' && <span className="crispdm-Tag">{event.label}</span>}
          {event.comment}
        </td>
        <td className="crispdm-Events-actions">
          {event.state === 'raised' && (
            <button
              className="crispdm-Button"
              disabled={isPending}
              onClick={() => void act({ action: 'acknowledge' })}
            >
              {trans.__('Acknowledge')}
            </button>
          )}
          <button className="crispdm-Button" aria-expanded={isOpen} onClick={onOpen}>
            {trans.__('More…')}
          </button>
        </td>
      </tr>
      {(isOpen || refusal !== '') && (
        <tr className="crispdm-Events-more">
          <td colSpan={6}>
            {refusal !== '' && (
              <p className="crispdm-Error" role="alert">
                {refusal}
              </p>
            )}
            {isOpen && (
              <EventForm event={event} isPending={isPending} onAct={action => void act(action)} />
            )}
          </td>
        </tr>
      )}
    </>
  );
}

function Probability({ value }: { value: number | null }): React.JSX.Element {
  if (value === null) {
    return <>–</>;
  }
  return (
    <>
      <i className="crispdm-Events-dot" style={{ background: heatOf(value) }} aria-hidden="true" />
      {value.toFixed(2)}
    </>
  );
}

function stateOf({ state, by, shelved_until }: StreamEvent, trans: TranslationBundle): string {
  const who = by === '' ? '' : ` (${by})`;
  switch (state) {
    case 'raised':
      return trans.__('raised');
    case 'acknowledged':
      return trans.__('acknowledged') + who;
    case 'shelved':
      return shelved_until === null
        ? trans.__('shelved') + who
        : trans.__('shelved until %1', formatClock(shelved_until, Date.now())) + who;
    default:
      return trans.__('cleared') + who;
  }
}
