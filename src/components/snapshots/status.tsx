import React from 'react';
import type { IPageSaver } from '../../tokens/snapshots';
import { useTrans } from '../basics/context';
import { useSignal } from '../basics/hooks';

interface IStatusProps {
  saver: IPageSaver;
  /** What did not come back, and why. */
  misfits: readonly { name: string; reason: string }[];
  /** Put what another tab saved into this one. */
  onTakeOver: () => void;
}

/** Whether a page is saved, what did not come back, and whether another tab changed it. */
export function SaveStatus({ saver, misfits, onTakeOver }: IStatusProps): React.JSX.Element {
  useSignal(saver.changed);
  return (
    <div className="crispdm-SaveStatus">
      <Misfits misfits={misfits} />
      <Others saver={saver} onTakeOver={onTakeOver} />
      <State saver={saver} />
    </div>
  );
}

function State({ saver }: { saver: IPageSaver }): React.JSX.Element {
  const trans = useTrans();
  const { state } = saver;
  const failed = state.kind === 'failed' ? trans.__('Not saved: %1', state.reason) : '';
  const words = { saved: trans.__('Saved'), saving: trans.__('Saving…'), failed };
  return (
    <span
      className="crispdm-SaveStatus-state"
      data-state={state.kind}
      role="status"
      title={failed || undefined}
    >
      {words[state.kind]}
    </span>
  );
}

function Misfits({ misfits }: Pick<IStatusProps, 'misfits'>): React.JSX.Element | null {
  const trans = useTrans();
  if (misfits.length === 0) {
    return null;
  }
  return (
    <details className="crispdm-SaveStatus-more">
      <summary>
        {trans._n('%1 value did not come back', '%1 values did not come back', misfits.length)}
      </summary>
      <ul>
        {misfits.map(({ name, reason }) => (
          <li key={name}>
            <strong>{shortName(name)}</strong>: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Others({
  saver,
  onTakeOver
}: Pick<IStatusProps, 'saver' | 'onTakeOver'>): React.JSX.Element | null {
  const trans = useTrans();
  const { others } = saver;
  if (others.size === 0) {
    return null;
  }
  const names = [...others.keys()].map(shortName).join(', ');
  return (
    <span className="crispdm-SaveStatus-others" role="alert" title={names}>
      {trans._n(
        'Another tab of yours changed %1 value.',
        'Another tab of yours changed %1 values.',
        others.size
      )}{' '}
      <button className="crispdm-Link" type="button" onClick={onTakeOver}>
        {trans.__('Use those')}
      </button>{' '}
      <button className="crispdm-Link" type="button" onClick={() => saver.dismissOthers()}>
        {trans.__('Keep these')}
      </button>
    </span>
  );
}

/** What a field is called on its page. */
function shortName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
