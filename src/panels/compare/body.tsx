import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import React, { useState } from 'react';
import { JobCommands } from '../../tokens/jobs';
import { CompareTable } from '../../components/compare/table';
import { compareJobs } from '../../components/compare/comparison';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import type { Directions } from '../../components/compare/direction';
import { hasEpochs, reach } from '../../components/curves/axis';
import { Check, CurveTools } from '../../components/curves/toolbar';
import { after } from '../../components/curves/view';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts, useNow, useSignal } from '../../components/basics/hooks';
import { Overlays } from '../../components/compare/overlays';
import type { Subject } from '../../components/compare/subject';
import { isGoing, isRun } from '../../components/compare/subject';
import { Trouble } from '../../components/basics/trouble';
import { useShown } from '../../components/basics/visibility';
import { dragOut } from '../chart/drag';
import type { CompareModel } from './model';
import { IEnvironments } from '../../tokens/environments';

/** Milliseconds between two drawings of the table: numbers that change faster cannot be read. */
const READABLE = 500;
/** With more metrics than this one looks for some, or makes their charts small. */
const FEW = 4;

/** The page that shows jobs and runs side by side, or one of their metrics. */
export function CompareBody(props: {
  model: CompareModel;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { model } = props;
  const { view, compared } = model;
  useShown(model, view.period);
  useFacts(model, READABLE);
  useFacts(model.workbench.get(IEnvironments));
  useSignal(model.viewChanged);
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  const missing = model.ids.length - compared.length;
  return (
    <div className="crispdm-ComparePage">
      <ConnectionBanner connection={model.workbench.connection} />
      <FactsGuard facts={model}>
        <Tools model={model}>
          {model.metric === undefined && model.ids.length > 1 && (
            <Check
              label={trans.__('Only differences')}
              value={view.onlyDifferences}
              onChange={onlyDifferences => model.setView({ onlyDifferences })}
            />
          )}
          {view.baseline !== '' && (
            <Check
              label={trans.__('Curves as differences')}
              value={view.isDelta}
              onChange={isDelta => model.setView({ isDelta })}
            />
          )}
          {missing > 0 && (
            <span className="crispdm-Toolbar-note">
              {model.outside.length === 0
                ? trans._n('%1 job was deleted.', '%1 jobs were deleted.', missing)
                : trans._n('%1 run was deleted.', '%1 runs were deleted.', missing)}
            </span>
          )}
        </Tools>
        {trouble !== '' && <Trouble text={trouble} />}
        <Compared {...props} onTrouble={setTrouble} />
      </FactsGuard>
    </div>
  );
}

/** The tools of curves, for those of all jobs. */
function Tools(props: { model: CompareModel; children: React.ReactNode }): React.JSX.Element {
  const { model, children } = props;
  const { view, compared } = model;
  const runs = compared.map(({ series }) => series);
  const metrics = new Set(runs.flatMap(run => [...run.keys()]));
  return (
    <CurveTools
      view={view}
      onView={change => model.setView(change)}
      onMove={move => {
        const ends = reach(view.axis, runs);
        if (ends !== null) {
          model.setView({ range: after(move, view.range, ends) });
        }
      }}
      isLive={model.isLive}
      hasEpochs={runs.some(hasEpochs)}
      isMany={model.metric === undefined && metrics.size > FEW}
    >
      {children}
    </CurveTools>
  );
}

/** The curves over the table. */
function Compared(props: {
  model: CompareModel;
  commands: CommandRegistry;
  onTrouble: (message: string) => void;
}): React.JSX.Element {
  const { model, commands, onTrouble } = props;
  const { compared, view } = model;
  const environments = model.workbench.get(IEnvironments);
  const trans = useTrans();
  const [directions, setDirections] = useState<Directions>({});
  const now = useNow(compared.some(({ subject }) => isGoing(subject)));
  const nameOf = (id: string): string => environments.nameOf(id);
  const groups = compareJobs(trans, compared, nameOf, now, directions, view.baseline);
  const onOpen = (subject: Subject): void =>
    void (isRun(subject)
      ? commands.execute(JobCommands.compare, { ids: [subject.id], outside: [subject.id] })
      : commands.execute(JobCommands.open, { id: subject.id }));
  const aloneOf = (metric: string): ReadonlyPartialJSONObject => ({
    ...model.asked(metric),
    view: { ...view, range: view.range && { ...view.range } }
  });
  return (
    <div className="crispdm-ComparePage-content">
      <Overlays
        compared={compared}
        growth={model.changed}
        view={view}
        baseline={view.baseline}
        isDelta={view.isDelta}
        onRange={range => model.setView({ range })}
        onBaseline={baseline =>
          model.setView({ baseline, isDelta: view.isDelta && baseline !== '' })
        }
        onOpen={onOpen}
        onTrouble={onTrouble}
        {...(model.metric === undefined
          ? {
              onAlone: metric => void commands.execute(JobCommands.compare, aloneOf(metric)),
              onDrag: (metric, event) =>
                void dragOut(
                  event,
                  metric,
                  () =>
                    commands.execute(JobCommands.compare, {
                      ...aloneOf(metric),
                      isDragged: true
                    }) as Promise<Widget>
                )
            }
          : { alone: model.metric })}
      />
      {model.metric === undefined && (
        <CompareTable
          jobs={compared.map(({ subject }) => subject)}
          groups={groups}
          onlyDifferences={view.onlyDifferences && compared.length > 1}
          onDirection={(metric, direction) => setDirections({ ...directions, [metric]: direction })}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}
