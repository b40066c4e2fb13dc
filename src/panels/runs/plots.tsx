import React, { useEffect, useRef } from 'react';
import { useTrans } from '../../components/basics/context';
import { firstAxes, firstColour, firstScatter } from '../../components/runs/plots/choices';
import { RunPlots } from '../../components/runs/plots/plots';
import type { Pointed } from '../../components/runs/plots/pointed';
import type { DrawnView } from '../../components/runs/plots/view';
import { plotsOf } from '../../components/runs/plots/view';
import { CurvesOfChosen } from './curves';
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
          model.reveal(selection.active);
        } else {
          model.look(selection);
        }
      }}
      onOpen={onOpen}
    >
      <CurvesOfChosen model={model} />
    </RunPlots>
  );
}

/** Buttons that open plots over the table. One that was closed comes back as it was. */
export function PlotSwitch({ model }: { model: RunsPageModel }): React.JSX.Element {
  const trans = useTrans();
  const { view, fields } = model;
  const kept = useRef<Partial<DrawnView>>({});
  const { isParallel, isScatter, isCurves } = plotsOf(view);
  const isNone = !isParallel && !isScatter && view.colour === '';
  const colour = isNone ? { colour: firstColour(fields) } : {};
  const turn = (isShown: boolean, off: Partial<DrawnView>, first: Partial<DrawnView>): void => {
    const names = Object.keys(off) as (keyof DrawnView)[];
    const [now, before] = [view, kept.current].map(from =>
      Object.fromEntries(names.filter(name => name in from).map(name => [name, from[name]]))
    );
    kept.current = isShown ? { ...kept.current, ...now } : kept.current;
    model.setView(isShown ? off : { ...first, ...before });
  };
  const metric = fields?.metrics.at(0)?.name;
  return (
    <div role="group" className="crispdm-RunsPage-menus" aria-label={trans.__('Plots')}>
      <Switch
        label={trans.__('Parallel')}
        name={trans.__('Parallel coordinates')}
        title={trans.__('Each run as a line over parallel axes')}
        isShown={isParallel}
        onTurn={() => turn(isParallel, { axes: [] }, { axes: [...firstAxes(fields)], ...colour })}
      />
      <Switch
        label={trans.__('Scatter')}
        title={trans.__('Each run as a point')}
        isShown={isScatter}
        onTurn={() => turn(isScatter, { x: '', y: '' }, { ...firstScatter(fields), ...colour })}
      />
      <Switch
        label={trans.__('Curves')}
        title={trans.__('The curves of the chosen runs in one metric')}
        isShown={isCurves}
        isDisabled={metric === undefined && !isCurves}
        onTurn={() => turn(isCurves, { curves: '' }, { curves: metric ?? '' })}
      />
    </div>
  );
}

function Switch(props: {
  label: string;
  /** The whole name, where the label is shorter. */
  name?: string;
  title: string;
  isShown: boolean;
  isDisabled?: boolean;
  onTurn: () => void;
}): React.JSX.Element {
  const { label, name, title, isShown, isDisabled, onTurn } = props;
  return (
    <button
      className="crispdm-Button"
      aria-label={name}
      aria-pressed={isShown}
      disabled={isDisabled}
      title={title}
      onClick={onTurn}
    >
      {label}
    </button>
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
      const rows = host.current?.querySelectorAll<HTMLElement>('[data-run-id]') ?? [];
      marked = [...rows].find(({ dataset }) => dataset.runId === pointed.id) ?? null;
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
        const row = (target as Element).closest<HTMLElement>('[data-run-id]');
        pointed.point(row?.dataset.runId ?? '');
      }}
      onPointerLeave={() => pointed.point('')}
    >
      {children}
    </div>
  );
}
