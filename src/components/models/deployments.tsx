import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Deployment } from '../../api';
import { useTrans } from '../basics/context';
import { formatBytes, formatMoment, formatValue } from '../basics/format';
import { deploymentLabel } from './labels';

interface IProps {
  deployments: readonly Deployment[];
  /** Where the log of one can be read; without it there are no links. */
  logUrl?: (id: string) => string;
  /** Opens the page of a model. */
  onOpen?: (model: string) => void;
  /** Stops one; without it the table only shows. */
  onStop?: (id: string) => void;
}

/** Columns that are no figures. */
const WORDS = 2;

/** Deployed models as what they are beside jobs: processes that run, with what they do and take. */
export function DeploymentsTable(props: IProps): React.JSX.Element {
  const { deployments } = props;
  const trans = useTrans();
  const count = deployments.length;
  return (
    <details className="crispdm-Deployments" open>
      <summary>{trans._n('%1 deployed model', '%1 deployed models', count)}</summary>
      <div className="crispdm-Deployments-scroll" tabIndex={0}>
        <table className="crispdm-Table" aria-label={trans.__('Deployed models')}>
          <thead>
            <tr>
              {headOf(trans).map(([name, title], at) => (
                <th
                  key={name}
                  scope="col"
                  title={title}
                  className={at < WORDS ? undefined : 'crispdm-Deployments-figure'}
                >
                  {name}
                </th>
              ))}
              <th />
            </tr>
          </thead>
          <tbody>
            {deployments.map(deployment => (
              <Row key={deployment.id} {...props} deployment={deployment} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function headOf(trans: TranslationBundle): readonly (readonly [string, string])[] {
  return [
    [trans.__('Model'), ''],
    [trans.__('State'), ''],
    [trans.__('Requests/s'), trans.__('In the last minute')],
    [trans.__('p50'), trans.__('Half of the answers of the last minute were there within so long')],
    [trans.__('p99'), trans.__('99% of the answers of the last minute were there within so long')],
    [trans.__('Queue'), trans.__('Requests that wait')],
    [trans.__('CPU'), trans.__('Of one core')],
    [trans.__('Memory'), '']
  ];
}

function Row(props: IProps & { deployment: Deployment }): React.JSX.Element {
  const { deployment, logUrl, onOpen, onStop } = props;
  const trans = useTrans();
  const name = nameOf(trans, deployment);
  const title = [name, deployment.owner, formatMoment(deployment.created), deployment.reason];
  return (
    <tr data-state={deployment.state}>
      <th scope="row" title={title.filter(Boolean).join('\n')}>
        {onOpen ? (
          <button className="crispdm-DataGrid-name" onClick={() => onOpen(deployment.model)}>
            {name}
          </button>
        ) : (
          name
        )}
      </th>
      <td title={deployment.reason}>{deploymentLabel(trans, deployment)}</td>
      {figuresOf(trans, deployment).map((text, at) => (
        <td key={at} className="crispdm-Deployments-figure">
          {text}
        </td>
      ))}
      <td className="crispdm-Deployments-deeds">
        {logUrl && (
          <a
            href={logUrl(deployment.id)}
            target="_blank"
            rel="noreferrer"
            aria-label={trans.__('Log of %1', name)}
          >
            {trans.__('Log')}
          </a>
        )}
        {onStop && (
          <button
            className="crispdm-Button"
            aria-label={trans.__('Stop %1', name)}
            onClick={() => onStop(deployment.id)}
          >
            {trans.__('Stop')}
          </button>
        )}
      </td>
    </tr>
  );
}

/** The model with its alias, and the version that answers; on the way to another one, that too. */
function nameOf(trans: TranslationBundle, deployment: Deployment): string {
  const { model, alias, version, coming } = deployment;
  const name = alias ? `${model}@${alias}` : model;
  return coming === null
    ? trans.__('%1, version %2', name, version)
    : trans.__('%1, version %2 → %3', name, version, coming);
}

function figuresOf(trans: TranslationBundle, deployment: Deployment): readonly string[] {
  const { rate, p50, p99, queue, cpu_percent: cpu, memory_bytes: memory } = deployment;
  const ms = (value: number | null): string =>
    value === null ? '' : trans.__('%1 ms', formatValue(value));
  return [
    formatValue(rate),
    ms(p50),
    ms(p99),
    queue.toLocaleString(),
    cpu === null ? '' : trans.__('%1%', formatValue(cpu)),
    memory === null ? '' : formatBytes(memory)
  ];
}
