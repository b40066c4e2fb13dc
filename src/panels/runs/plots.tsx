import React, { useEffect, useRef } from 'react';
import { useTrans } from '../../components/basics/context';
import { firstAxes, firstColour, firstScatter } from '../../components/runs/plots/choices';
import type { DrawnView } from '../../components/runs/plots/plots';
import { plotsOf, RunPlots } from '../../components/runs/plots/plots';
import type { Pointed } from '../../components/runs/plots/pointed';
import type { RunsPageModel } from './model';

/** What is drawn of the runs that the table shows. */
export function Plots(props: {
  model: RunsPageModel;
  onOpen: (id: string) => void;
}): React.JSX.Element {
  const { model, onOpen } = props;
  return (
    <RunPlots
      runs={model.list}
      total={model.total}
      view={model.view}
      fields={model.fields}
      selection={model.selection}
      pointed={model.pointed}
      onView={change => model.setView(change)}
      onSelection={(selection, isOver) => {
        if (isOver) {
          model.selection = selection;
        } else {
          model.look(selection);
        }
      }}
      onOpen={onOpen}
    />
  );
}

/** Buttons that open plots over the table. One that was closed comes back as it was. */
export function PlotSwitch({ model }: { model: RunsPageModel }): React.JSX.Element {
  const trans = useTrans();
  const { view, fields } = model;
  const kept = useRef<Partial<DrawnView>>({});
  const { isParallel, isScatter } = plotsOf(view);
  const show = (change: Partial<DrawnView>): void => {
    const isFirst = !isParallel && !isScatter && view.colour === '';
    model.setView({ ...(isFirst && { colour: firstColour(fields) }), ...change });
  };
  const hide = (change: Partial<DrawnView>): void => {
    kept.current = {
      axes: isParallel ? view.axes : kept.current.axes,
      ...(isScatter ? { x: view.x, y: view.y } : { x: kept.current.x, y: kept.current.y })
    };
    model.setView(change);
  };
  return (
    <div role="group" className="crispdm-RunsPage-menus" aria-label={trans.__('Plots')}>
      <button
        className="crispdm-Button"
        aria-pressed={isParallel}
        title={trans.__('Each run as a line over parallel axes')}
        onClick={() => {
          if (isParallel) {
            hide({ axes: [] });
          } else {
            show({ axes: kept.current.axes?.length ? kept.current.axes : [...firstAxes(fields)] });
          }
        }}
      >
        {trans.__('Parallel coordinates')}
      </button>
      <button
        className="crispdm-Button"
        aria-pressed={isScatter}
        title={trans.__('Each run as a point')}
        onClick={() => {
          if (isScatter) {
            hide({ x: '', y: '' });
          } else {
            const { x, y } = kept.current;
            show(x && y ? { x, y } : firstScatter(fields));
          }
        }}
      >
        {trans.__('Scatter')}
      </button>
    </div>
  );
}

/** The table: the row under the mouse stands out in the plots, and a run that is pointed at there in the table. */
export function Pointing(props: {
  pointed: Pointed;
  children: React.ReactNode;
}): React.JSX.Element {
  const { pointed, children } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let marked: Element | null = null;
    const context = {};
    // Rows are many and what is pointed at changes with each movement: only the two rows are touched.
    const onChanged = (): void => {
      marked?.removeAttribute('data-pointed');
      const rows = host.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [];
      marked = [...rows].find(({ dataset }) => dataset.id === pointed.id) ?? null;
      marked?.setAttribute('data-pointed', 'true');
    };
    pointed.changed.connect(onChanged, context);
    return () => {
      pointed.changed.disconnect(onChanged, context);
    };
  }, [pointed]);
  return (
    <div
      className="crispdm-RunsPage-table"
      ref={host}
      onPointerOver={({ target }) => {
        const row = (target as Element).closest<HTMLElement>('[data-id]');
        pointed.point(row?.dataset.id ?? '');
      }}
      onPointerLeave={() => pointed.point('')}
    >
      {children}
    </div>
  );
}
