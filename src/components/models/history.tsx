import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { AliasHistory, AliasSpan } from '../../api';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatMoment } from '../basics/format';

interface IProps {
  history: AliasHistory;
  /** Points an alias to the version before; without it the table only shows. */
  onRollBack?: (alias: string, current: number) => void;
}

/** Which version bore which alias from when until when, the newest first. */
export function HistoryTable({ history, onRollBack }: IProps): React.JSX.Element {
  const trans = useTrans();
  if (history.history.length === 0) {
    return (
      <Empty title={trans.__('No version has borne an alias yet.')}>
        {trans.__('An alias such as “champion” names the version that is in use.')}
      </Empty>
    );
  }
  return (
    <table className="crispdm-Table" aria-label={trans.__('History of aliases')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Alias')}</th>
          <th scope="col">{trans.__('Version')}</th>
          <th scope="col">{trans.__('From')}</th>
          <th scope="col">{trans.__('Until')}</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {history.history.map(span => (
          <Span
            key={`${span.alias} ${span.version} ${span.since}`}
            span={span}
            back={own(history.back, span.alias)}
            onRollBack={onRollBack}
          />
        ))}
      </tbody>
    </table>
  );
}

function Span(props: {
  span: AliasSpan;
  back: number | undefined;
  onRollBack: IProps['onRollBack'];
}): React.JSX.Element {
  const { span, back, onRollBack } = props;
  const trans = useTrans();
  const { alias, version, until } = span;
  const canGoBack = until === null && back !== undefined && onRollBack !== undefined;
  return (
    <tr data-current={until === null || undefined}>
      <th scope="row">@{alias}</th>
      <td>{version}</td>
      <td>{began(trans, span)}</td>
      <td>{ended(trans, span)}</td>
      <td>
        {canGoBack && (
          <button className="crispdm-Button" onClick={() => onRollBack(alias, version)}>
            {trans.__('Roll back to version %1', back)}
          </button>
        )}
      </td>
    </tr>
  );
}

function began(trans: TranslationBundle, { since, by, how }: AliasSpan): string {
  const moment = formatMoment(since);
  const told = {
    set: trans.__('%1, by %2', moment, by),
    rollback: trans.__('%1, rolled back by %2', moment, by),
    known: trans.__('before %1', moment)
  };
  return told[how];
}

function ended(trans: TranslationBundle, { until, ended_by: by, ending }: AliasSpan): string {
  if (until === null || ending === null) {
    return trans.__('now');
  }
  const moment = formatMoment(until);
  const who = by ?? '';
  const told = {
    moved: trans.__('%1, moved on by %2', moment, who),
    rollback: trans.__('%1, rolled back by %2', moment, who),
    removed: trans.__('%1, removed by %2', moment, who),
    deleted: trans.__('%1, deleted by %2', moment, who)
  };
  return told[ending];
}
