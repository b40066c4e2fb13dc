import type { CommandRegistry } from '@lumino/commands';
import React, { useCallback, useState } from 'react';
import type { Run } from '../../api';
import { messageOf } from '../../api';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { FactsGuard } from '../../components/basics/facts';
import { useSignal } from '../../components/basics/hooks';
import { choose, NOTHING } from '../../components/basics/selection';
import { Trouble } from '../../components/basics/trouble';
import { useShown } from '../../components/basics/visibility';
import { RunCard } from '../../components/runs/card';
import { RunColumns } from '../../components/runs/columns';
import { RunFilter } from '../../components/runs/filter';
import { RunGrid } from '../../components/runs/grid';
import { GroupBy } from '../../components/runs/groupby';
import { RunMerge } from '../../components/runs/merge';
import { RunViews } from '../../components/runs/views';
import { JobCommands, MOST_COMPARED } from '../../tokens/jobs';
import type { RunsPageModel } from './model';
import { Plots, PlotSwitch, Pointing } from './plots';

interface IProps {
  model: RunsPageModel;
  commands: CommandRegistry;
}

/** The page “Runs”: a condition, what to do with the chosen ones, and the table. */
export function RunsPageBody(props: IProps): React.JSX.Element {
  const { model } = props;
  useShown(model);
  useSignal(model.changed);
  const trans = useTrans();
  const isNone = model.total === 0 && model.view.filter.trim() === '' && model.trouble === '';
  return (
    <div className="crispdm-RunsPage">
      <ConnectionBanner connection={model.workbench.connection} />
      <FactsGuard facts={model}>
        {isNone ? (
          <Empty title={trans.__('No runs yet.')}>
            {trans.__(
              'Every job is a run, and so is every training that logs with “import crispdm” outside jobs.'
            )}
          </Empty>
        ) : (
          <>
            <RunFilter
              value={model.view.filter}
              trouble={model.trouble}
              fields={model.fields}
              onChange={filter => model.setView({ filter })}
            >
              <Count model={model} />
            </RunFilter>
            <Bar {...props} />
            <Plots
              model={model}
              onOpen={id => void props.commands.execute(JobCommands.open, { id })}
            />
            <Content {...props} />
          </>
        )}
      </FactsGuard>
    </div>
  );
}

function Count({ model }: { model: RunsPageModel }): React.JSX.Element {
  const trans = useTrans();
  const { total, pending } = model;
  return (
    <span className="crispdm-Toolbar-note" role="status">
      {trans._n('%2 run', '%2 runs', total, total.toLocaleString())}
      {pending > 0 &&
        ` · ${trans._n('figures of %1 run are being read', 'figures of %1 runs are being read', pending)}`}
    </span>
  );
}

/** What can be done with the chosen ones. It keeps its place, so that rows do not jump at a click. */
function Bar({ model, commands }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { chosen } = model;
  const isComparable = chosen.length >= 2 && chosen.length <= MOST_COMPARED;
  return (
    <div className="crispdm-JobsPage-actions">
      <div className="crispdm-BulkBar" role="toolbar" aria-label={trans.__('Chosen runs')}>
        <strong>
          {chosen.length === 0
            ? trans.__('None chosen')
            : trans._n('%1 chosen', '%1 chosen', chosen.length)}
        </strong>
        <button
          className="crispdm-Button"
          disabled={!isComparable}
          title={trans.__(
            'Lay the curves of the chosen runs over each other: two to %1 runs',
            MOST_COMPARED
          )}
          onClick={() => void commands.execute(JobCommands.compare, curvesOf(chosen))}
        >
          {trans.__('Compare curves')}
        </button>
        <RunMerge chosen={chosen} onMerge={name => model.merge(name)} />
        <button
          className="crispdm-Button"
          disabled={chosen.length === 0}
          onClick={() => {
            model.selection = NOTHING;
          }}
        >
          {trans.__('Choose none')}
        </button>
      </div>
      <div className="crispdm-RunsPage-menus">
        <PlotSwitch model={model} />
        <GroupBy
          value={model.view.group_by}
          fields={model.fields}
          onChange={group_by => model.setView({ group_by })}
        />
        <RunViews
          views={model.views}
          addressOf={name => model.runs.addressOf(name)}
          onRead={() => void model.readViews()}
          onOpen={view => model.setView(view)}
          onSave={name => model.saveView(name)}
          onRemove={name => model.removeView(name)}
        />
        <RunColumns
          shown={model.columns}
          fields={model.fields}
          onShown={columns => model.setView({ columns: [...columns] })}
        />
      </div>
    </div>
  );
}

function Content({ model, commands }: IProps): React.JSX.Element {
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  const onOpen = useCallback((run: Run) => open(commands, run), [commands]);
  const onFavourite = useCallback(
    ({ id, favourite }: Run) => {
      model.runs.change(id, { favourite: !favourite }).catch(error => setTrouble(messageOf(error)));
    },
    [model]
  );
  const only = model.chosen.length === 1 ? model.chosen[0] : null;
  if (model.list.length === 0) {
    return (
      <Empty
        title={trans.__('No run fits.')}
        action={{ label: trans.__('Show all'), run: () => model.setView({ filter: '' }) }}
      />
    );
  }
  return (
    <div className="crispdm-RunsPage-content">
      <Pointing pointed={model.pointed}>
        {trouble !== '' && <Trouble text={trouble} />}
        <RunGrid
          runs={model.list}
          columns={model.columns}
          widths={model.view.widths}
          onWidths={widths => model.setView({ widths })}
          sort={model.view.sort}
          selection={model.selection}
          reveal={model.revealed}
          onSort={sort => model.setView({ sort })}
          onSelection={selection => {
            model.selection = selection;
          }}
          groupBy={model.view.group_by}
          onFavourite={onFavourite}
          onOpen={onOpen}
        >
          {model.list.length < model.total && (
            <p className="crispdm-Older">
              {trans.__(
                'The first %1 of %2 runs.',
                model.list.length.toLocaleString(),
                model.total.toLocaleString()
              )}
              {model.hasMore && (
                <button className="crispdm-Button" onClick={() => model.more()}>
                  {trans.__('Show more')}
                </button>
              )}
            </p>
          )}
        </RunGrid>
      </Pointing>
      {only && <Chosen key={only.id} run={only} model={model} commands={commands} />}
    </div>
  );
}

/** The one run that is chosen. */
function Chosen({ run, model, commands }: IProps & { run: Run }): React.JSX.Element {
  const { runs } = model;
  useSignal(runs.ofThen.changed);
  const openJob = (id: string): void => void commands.execute(JobCommands.open, { id });
  return (
    <RunCard
      run={run}
      onChange={change => runs.change(run.id, change)}
      onAgain={how => runs.again(run.id, how)}
      ofThen={runs.ofThen.get(run.id)}
      onOfThen={() => runs.ofThen.begin(run.id)}
      onOpen={openJob}
      onCurves={() => open(commands, run)}
      onRemove={() => runs.remove(run.id)}
      onRun={id => {
        const ids = model.list.map(one => one.id);
        if (ids.includes(id)) {
          model.selection = choose(NOTHING, ids, id, 'only');
        } else {
          openJob(id);
        }
      }}
    />
  );
}

/** Open the page of a run’s job, or the curves of a run that no job made. */
function open(commands: CommandRegistry, run: Run): void {
  void (run.kind === 'job'
    ? commands.execute(JobCommands.open, { id: run.id })
    : commands.execute(JobCommands.compare, curvesOf([run])));
}

/** What the page of curves is asked for: which runs, and which of them no job made. */
function curvesOf(runs: readonly Run[]): { ids: string[]; outside: string[] } {
  const outside = runs.filter(({ kind }) => kind !== 'job');
  return { ids: runs.map(({ id }) => id), outside: outside.map(({ id }) => id) };
}
