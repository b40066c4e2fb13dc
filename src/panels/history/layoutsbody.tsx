import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { LayoutList } from '../../components/history/layouts';
import type { LayoutsModel } from './layouts';

/** The last layouts, and what happens when one is restored. */
export function LayoutsBody({ model }: { model: LayoutsModel }): React.JSX.Element {
  return (
    <div className="crispdm-LayoutsBody">
      <UseSignal signal={model.changed}>{() => <Content model={model} />}</UseSignal>
    </div>
  );
}

function Content({ model }: { model: LayoutsModel }): React.JSX.Element {
  const trans = useTrans();
  const { layouts, error, selected } = model;
  return (
    <>
      {error && (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      )}
      {layouts === null && !error && <p className="crispdm-Waiting">{trans.__('Loading…')}</p>}
      {layouts?.length === 0 && (
        <Empty title={trans.__('No layout is kept yet.')}>
          {trans.__('JupyterLab’s layout is kept as you change it, your last twenty.')}
        </Empty>
      )}
      {layouts && layouts.length > 0 && (
        <>
          <LayoutList layouts={layouts} selected={selected} onSelect={id => model.select(id)} />
          <p className="crispdm-Hint">
            {trans.__(
              'JupyterLab saves what is open and changed, and loads anew with this layout. The layout as it is now stays in this list.'
            )}
          </p>
        </>
      )}
    </>
  );
}
