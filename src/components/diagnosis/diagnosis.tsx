import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useState } from 'react';
import type { Alert, Diagnosis, Finding } from '../../api';
import { useTrans } from '../basics/context';
import { formatMoment, formatValue } from '../basics/format';
import { useFacts } from '../basics/hooks';
import { useShown } from '../basics/visibility';
import type { IDiagnosis } from '../../tokens/diagnosis';
import { DiagnosisBadge } from './badge';

type Evidence = Finding['evidence'][number];

/**
 * What the curves of a job say: a line, and behind it each pair of curves with the points that it rests on.
 *
 * `onAlerts` shows the rules that its curves are watched for; where it is missing, nobody can change them here.
 */
export function DiagnosisLine(props: {
  model: IDiagnosis;
  onAlerts?: () => void;
}): React.JSX.Element | null {
  const { model, onAlerts } = props;
  useFacts(model);
  useShown(model);
  const said = model.value;
  return said && isTelling(said) ? <Line said={said} onAlerts={onAlerts} /> : null;
}

/** Whether there is anything to tell: before the first curve nothing is, unless an alert waits for one. */
function isTelling({ findings, alerts }: Diagnosis): boolean {
  return findings.length > 0 || alerts.length > 0;
}

function Line(props: { said: Diagnosis; onAlerts?: () => void }): React.JSX.Element {
  const { said, onAlerts } = props;
  const trans = useTrans();
  const [isOpen, setOpen] = useState(false);
  const more = useId();
  const raised = said.alerts.filter(alert => alert.raised);
  return (
    <section className="crispdm-Diagnosis" aria-label={trans.__('Diagnosis')}>
      <div className="crispdm-Diagnosis-line">
        <DiagnosisBadge verdict={said.verdict} reason={said.reason} />
        <p role="status" title={said.reason}>
          {raised.length > 0 ? trans.__('Alert: %1', raised[0].reason) : said.reason}
        </p>
        <button
          className="crispdm-Button"
          aria-expanded={isOpen}
          aria-controls={more}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? trans.__('Less') : trans.__('Why')}
        </button>
        {onAlerts && (
          <button className="crispdm-Button" onClick={onAlerts}>
            {trans.__('Alerts…')}
          </button>
        )}
      </div>
      <div id={more} hidden={!isOpen}>
        {isOpen && <DiagnosisDetails said={said} />}
      </div>
    </section>
  );
}

/** All that is said of each pair of curves, the best point, and the alerts. */
export function DiagnosisDetails({ said }: { said: Diagnosis }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="crispdm-Diagnosis-details">
      <ul aria-label={trans.__('Curves')}>
        {said.findings.map(finding => (
          <li key={nameOf(finding)}>
            <DiagnosisBadge verdict={finding.verdict} reason={finding.reason} />
            <div>
              <p>{finding.reason}</p>
              <EvidenceList evidence={finding.evidence} />
            </div>
          </li>
        ))}
      </ul>
      {said.best && <p>{bestOf(trans, said.best)}</p>}
      {said.alerts.length > 0 && (
        <ul aria-label={trans.__('Alerts')}>
          {said.alerts.map((alert, position) => (
            <AlertRow key={position} alert={alert} />
          ))}
        </ul>
      )}
      {said.trouble !== '' && <p>{said.trouble}</p>}
    </div>
  );
}

function EvidenceList({ evidence }: { evidence: readonly Evidence[] }): React.JSX.Element {
  const trans = useTrans();
  return (
    <ul className="crispdm-Diagnosis-evidence" aria-label={trans.__('Evidence')}>
      {evidence.map(({ what, name, step, value }) => (
        <li key={`${name} ${what}`}>
          {trans.__(
            '%1 (%2): %3 at step %4',
            name,
            whatOf(trans, what),
            valueOf(trans, value),
            step
          )}
        </li>
      ))}
    </ul>
  );
}

function AlertRow({ alert }: { alert: Alert }): React.JSX.Element {
  const trans = useTrans();
  const since = alert.time === null ? '' : formatMoment(new Date(alert.time * 1000).toISOString());
  return (
    <li data-raised={alert.raised || undefined}>
      <span className="crispdm-Diagnosis-alert">
        {alert.raised ? trans.__('Raised') : trans.__('Watching')}
      </span>
      <div>
        <p>{alert.raised ? alert.reason : ruleOf(trans, alert.rule)}</p>
        {since && <p className="crispdm-mod-quiet">{since}</p>}
      </div>
    </li>
  );
}

/** A rule in words. */
export function ruleOf(trans: TranslationBundle, rule: Alert['rule']): string {
  const { when, metric, value, patience, unit, then } = rule;
  const does = then === 'stop' ? trans.__('stop the job and keep the best') : trans.__('tell');
  switch (when) {
    case 'above':
      return trans.__('%1 above %2: %3', metric, value, does);
    case 'below':
      return trans.__('%1 below %2: %3', metric, value, does);
    case 'nan':
      return trans.__('%1 no number any more: %2', metric || trans.__('any metric'), does);
    default:
      return unit === 'steps'
        ? trans.__('%1 no better for %2 steps: %3', metric, patience, does)
        : trans.__('%1 no better for %2 values: %3', metric, patience, does);
  }
}

function bestOf(trans: TranslationBundle, best: NonNullable<Diagnosis['best']>): string {
  const { metric, step, value, artifact, model, kept, note } = best;
  const where = artifact ?? model;
  const parts = [
    trans.__('Best: %1 %2 at step %3.', metric, formatValue(value), step),
    where &&
      (kept ? trans.__('Kept as the result: %1.', where) : trans.__('Kept then: %1.', where)),
    note
  ];
  return parts.filter(Boolean).join(' ');
}

function nameOf({ train, validation }: Finding): string {
  return [train, validation].filter(Boolean).join(' / ');
}

function whatOf(trans: TranslationBundle, what: string): string {
  switch (what) {
    case 'start':
      return trans.__('at first');
    case 'best':
      return trans.__('at best');
    case 'now':
      return trans.__('now');
    case 'broken':
      return trans.__('broken');
    default:
      return trans.__('last number');
  }
}

function valueOf(trans: TranslationBundle, value: number | string | null): string {
  if (typeof value === 'number') {
    return formatValue(value);
  }
  return value === null ? trans.__('no number') : value;
}
