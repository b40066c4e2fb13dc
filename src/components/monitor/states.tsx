import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import { messageOf } from '../../api';
import type { Stream } from '../../api/streams';
import type { IMonitor } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { formatDuration } from '../basics/format';
import { useFact, useFacts, useNow } from '../basics/hooks';

/** Seconds without a sample after which a running stream is not believed any more, at least. */
const SILENCE = 5;
/** So many alarms that nobody has looked at are a storm. */
const STORM = 20;
const PAUSE = 500;

/** Says what is not as it should be: stopped, failed, silent, in trouble, too many alarms at once. */
export function Notices(props: { monitor: IMonitor; period: number | null }): React.JSX.Element {
  const { monitor, period } = props;
  return (
    <div className="crispdm-Monitor-notices">
      <StateNotice monitor={monitor} />
      <SilenceNotice monitor={monitor} period={period} />
      <StormNotice monitor={monitor} />
    </div>
  );
}

function StateNotice({ monitor }: { monitor: IMonitor }): React.JSX.Element | null {
  const trans = useTrans();
  useFacts(monitor.samples, PAUSE);
  const state = useFact(monitor, () => monitor.stream?.state ?? '');
  const reason = useFact(monitor, () => monitor.stream?.reason ?? '');
  const { trouble, error, missed } = monitor.samples;
  const word = state === '' ? '' : wordOf(state, trans);
  const texts = [word, reason, trouble, error].filter(text => text !== '');
  if (missed > 0) {
    texts.push(trans._n('%1 sample was left out here', '%1 samples were left out here', missed));
  }
  if (texts.length === 0) {
    return null;
  }
  const isBad = state === 'failed' || error !== '';
  return (
    <p className="crispdm-Monitor-notice" data-tone={isBad ? 'bad' : 'warn'} role="status">
      {[...new Set(texts)].join(' · ')}
    </p>
  );
}

function wordOf(state: Stream['state'], trans: TranslationBundle): string {
  switch (state) {
    case 'running':
      return '';
    case 'starting':
      return trans.__('Starting…');
    case 'stopped':
      return trans.__('Stopped: nothing is recorded.');
    default:
      return trans.__('Failed: nothing is recorded.');
  }
}

function SilenceNotice(props: {
  monitor: IMonitor;
  period: number | null;
}): React.JSX.Element | null {
  const { monitor, period } = props;
  const trans = useTrans();
  const isRunning = useFact(monitor, () => monitor.stream?.state === 'running');
  const rate = useFact(monitor, () => monitor.stream?.rate ?? 0);
  const now = useNow(isRunning);
  const { heard } = monitor.samples;
  const silent = (now - heard) / 1000;
  const limit = Math.max(SILENCE, 3 * (period ?? 0), rate > 0 ? 5 / rate : 0);
  if (!isRunning || heard === 0 || silent < limit) {
    return null;
  }
  return (
    <p className="crispdm-Monitor-notice" data-tone="warn" role="status">
      {trans.__('No sample for %1: what is shown is old.', formatDuration(silent * 1000))}
    </p>
  );
}

function StormNotice({ monitor }: { monitor: IMonitor }): React.JSX.Element | null {
  const trans = useTrans();
  const { events } = monitor;
  useFacts(events, PAUSE);
  const [refusal, setRefusal] = useState('');
  const raised = events.list.filter(({ state }) => state === 'raised');
  if (raised.length < STORM) {
    return null;
  }
  const acknowledge = async (): Promise<void> => {
    setRefusal('');
    try {
      for (const { id } of raised) {
        await events.act(id, { action: 'acknowledge' });
      }
    } catch (error) {
      setRefusal(messageOf(error));
    }
  };
  return (
    <div className="crispdm-Monitor-notice" data-tone="bad" role="alert">
      <span>{trans.__('Alarm storm: %1 alarms that nobody has looked at.', raised.length)}</span>
      <button className="crispdm-Button" onClick={() => void acknowledge()}>
        {trans.__('Acknowledge all')}
      </button>
      {refusal !== '' && <span className="crispdm-Error">{refusal}</span>}
    </div>
  );
}
