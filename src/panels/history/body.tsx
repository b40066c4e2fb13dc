import { UseSignal } from '@jupyterlab/ui-components';
import React, { useEffect } from 'react';
import type { KeptVersion } from '../../api';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { formatMoment } from '../../components/basics/format';
import { useVisible } from '../../components/basics/visibility';
import { Difference } from '../../components/history/difference';
import { VersionList } from '../../components/history/versions';
import type { VersionsModel } from './model';

/** The kept versions of a file beside what differs. Whoever comes back to it sees them as they are now. */
export function VersionsBody({ model }: { model: VersionsModel }): React.JSX.Element {
  const isVisible = useVisible();
  useEffect(() => {
    if (isVisible) {
      void model.load();
    }
  }, [model, isVisible]);
  return (
    <div className="crispdm-VersionsPage">
      <UseSignal signal={model.changed}>{() => <Content model={model} />}</UseSignal>
    </div>
  );
}

function Content({ model }: { model: VersionsModel }): React.JSX.Element {
  const trans = useTrans();
  const { versions, error, selected, path } = model;
  return (
    <>
      <header className="crispdm-Toolbar">
        <h2 className="crispdm-VersionsPage-path" title={path}>
          {path}
        </h2>
        <button className="crispdm-Button" onClick={() => void model.load()}>
          {trans.__('Refresh')}
        </button>
      </header>
      <Restored model={model} />
      {error && (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      )}
      {versions === null && !error && <p className="crispdm-Waiting">{trans.__('Loading…')}</p>}
      {versions?.length === 0 && (
        <Empty title={trans.__('No version is kept yet.')}>
          {trans.__('Each time this file is saved in JupyterLab, it is kept as it is then.')}
        </Empty>
      )}
      {versions && selected && (
        <div className="crispdm-VersionsPage-both">
          <VersionList
            versions={versions}
            selected={selected.id}
            onSelect={id => model.select(id)}
          />
          <Selected model={model} version={selected} />
        </div>
      )}
    </>
  );
}

/** What was restored, and the way back. */
function Restored({ model }: { model: VersionsModel }): React.JSX.Element | null {
  const trans = useTrans();
  const { restored, canUndo, isBusy } = model;
  if (!restored) {
    return null;
  }
  const when = formatMoment(restored.saved);
  return (
    <div className="crispdm-Banner" role="status">
      <span>
        {canUndo
          ? trans.__('The file is as it was on %1. What it was before is kept too.', when)
          : trans.__('The file is as it was on %1.', when)}
      </span>
      {canUndo && (
        <button className="crispdm-Button" disabled={isBusy} onClick={() => void model.undo()}>
          {trans.__('Undo')}
        </button>
      )}
    </div>
  );
}

function Selected(props: { model: VersionsModel; version: KeptVersion }): React.JSX.Element {
  const { model, version } = props;
  const trans = useTrans();
  const { comparison, comparisonError, isBusy } = model;
  return (
    <section className="crispdm-VersionsPage-one" aria-label={trans.__('Differences')}>
      <header className="crispdm-Toolbar">
        <span className="crispdm-VersionsPage-when">
          {trans.__('What has changed since %1', formatMoment(version.saved))}
          <small className="crispdm-Hint">
            {trans.__('− is in that version only, + is in the file as it is now')}
          </small>
        </span>
        <button
          className="crispdm-Button crispdm-mod-accept"
          disabled={isBusy || comparison?.kind === 'same'}
          onClick={() => void model.restore()}
        >
          {trans.__('Restore…')}
        </button>
      </header>
      <div className="crispdm-VersionsPage-difference">
        {comparisonError && (
          <p className="crispdm-Error" role="alert">
            {comparisonError}
          </p>
        )}
        {comparison && !comparisonError && <Difference comparison={comparison} />}
        {!comparison && !comparisonError && (
          <p className="crispdm-Waiting">{trans.__('Loading…')}</p>
        )}
      </div>
    </section>
  );
}
