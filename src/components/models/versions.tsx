import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Deployment, ModelVersion } from '../../api';
import { useTrans } from '../basics/context';
import { formatBytes, formatShort, formatValue } from '../basics/format';
import { useVirtualRows } from '../basics/virtualrows';
import { deploymentLabel, loadLabel } from './labels';

const ROW = 28;
const HEAD = 28;
const SHOWN_METRICS = 2;

interface IProps {
  versions: readonly ModelVersion[];
  chosen: readonly number[];
  deploymentOf: (version: number) => Deployment | undefined;
  onChoose: (version: number, isToo: boolean) => void;
}

/** The versions of a model as a table; the chosen ones are marked. Only the visible rows are in the page. */
export function VersionsTable(props: IProps): React.JSX.Element {
  const { versions, chosen } = props;
  const trans = useTrans();
  const { scroller, rows } = useVirtualRows({
    count: versions.length,
    height: ROW,
    head: HEAD,
    keyOf: index => String(versions[index].version)
  });
  return (
    <div className="crispdm-Versions" ref={scroller} tabIndex={0}>
      <div
        role="table"
        aria-label={trans.__('Versions')}
        aria-rowcount={versions.length + 1}
        style={{ height: rows.getTotalSize() + HEAD }}
      >
        <Head />
        {rows.getVirtualItems().map(({ index, start }) => (
          <Row
            key={versions[index].version}
            {...props}
            version={versions[index]}
            index={index}
            top={start}
            isChosen={chosen.includes(versions[index].version)}
          />
        ))}
      </div>
    </div>
  );
}

function Head(): React.JSX.Element {
  const trans = useTrans();
  const names = [
    trans.__('Version'),
    trans.__('Aliases'),
    trans.__('Serving'),
    trans.__('Metrics'),
    trans.__('Format'),
    trans.__('Size'),
    trans.__('Registered'),
    trans.__('By')
  ];
  return (
    <div className="crispdm-Versions-row crispdm-mod-head" role="row" aria-rowindex={1}>
      {names.map(name => (
        <span key={name} role="columnheader">
          {name}
        </span>
      ))}
    </div>
  );
}

function Row(
  props: IProps & { version: ModelVersion; index: number; top: number; isChosen: boolean }
): React.JSX.Element {
  const { version, index, top, isChosen, deploymentOf, onChoose } = props;
  const trans = useTrans();
  const number = version.version;
  const deployment = deploymentOf(number);
  const cells = [
    version.aliases.map(alias => `@${alias}`).join(' '),
    deployment ? servingOf(trans, deployment) : '',
    metricsOf(version),
    formatOf(trans, version),
    formatBytes(version.size),
    formatShort(version.created),
    version.owner
  ];
  return (
    <div
      className="crispdm-Versions-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <label className="crispdm-Field-inline">
          <input
            type="checkbox"
            checked={isChosen}
            aria-label={trans.__('Compare version %1', number)}
            onChange={() => onChoose(number, true)}
          />
          <button className="crispdm-DataGrid-name" onClick={() => onChoose(number, false)}>
            {number}
          </button>
        </label>
      </span>
      {cells.map((text, at) => (
        <span key={at} role="cell" title={text}>
          {text}
        </span>
      ))}
    </div>
  );
}

function servingOf(trans: TranslationBundle, deployment: Deployment): string {
  return [deploymentLabel(trans, deployment), loadLabel(trans, deployment)]
    .filter(Boolean)
    .join(', ');
}

function metricsOf(version: ModelVersion): string {
  return Object.entries(version.metrics)
    .slice(0, SHOWN_METRICS)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(', ');
}

/** The format; with a word where an admin has to decide before it is loaded, or has. */
function formatOf(trans: TranslationBundle, version: ModelVersion): string {
  const { format, types, trust } = version;
  const untrusted = types.filter(type => !trust?.types.includes(type));
  if (untrusted.length > 0) {
    return trans.__('%1, not trusted', format);
  }
  return types.length > 0 ? trans.__('%1, trusted by %2', format, trust?.by ?? '') : format;
}
