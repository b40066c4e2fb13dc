import type { CommandRegistry } from '@lumino/commands';
import React, { useState } from 'react';
import { isFinal } from '../../api';
import { JobCommands } from '../../tokens/jobs';
import { CompareTable } from '../../components/compare/table';
import { compareJobs } from '../../components/compare/comparison';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import type { Directions } from '../../components/compare/direction';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts, useNow } from '../../components/basics/hooks';
import { Overlays } from '../../components/compare/overlays';
import { useShown } from '../../components/basics/visibility';
import type { CompareModel } from './model';
import { IEnvironments } from '../../tokens/environments';

/** Milliseconds between two drawings of the table: numbers that change faster cannot be read. */
const READABLE = 500;

/** The page that shows jobs side by side. */
export function CompareBody(props: {
  model: CompareModel;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { model, commands } = props;
  const { connection } = model.workbench;
  const environments = model.workbench.get(IEnvironments);
  useShown(model);
  useFacts(model, READABLE);
  useFacts(environments);
  const trans = useTrans();
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  const [logScale, setLogScale] = useState(false);
  const [directions, setDirections] = useState<Directions>({});
  const onOpen = (id: string): void => void commands.execute(JobCommands.open, { id });
  const { compared } = model;
  const now = useNow(compared.some(({ job }) => !isFinal(job.state)));
  const missing = model.ids.length - compared.length;
  const groups = compareJobs(trans, compared, id => environments.nameOf(id), now, directions);
  return (
    <div className="crispdm-ComparePage">
      <ConnectionBanner connection={connection} />
      <FactsGuard facts={model}>
        <div className="crispdm-Toolbar">
          <label className="crispdm-Field-inline">
            <input
              type="checkbox"
              checked={onlyDifferences}
              onChange={event => setOnlyDifferences(event.target.checked)}
            />
            {trans.__('Only differences')}
          </label>
          <label className="crispdm-Field-inline">
            <input
              type="checkbox"
              checked={logScale}
              onChange={event => setLogScale(event.target.checked)}
            />
            {trans.__('Logarithmic')}
          </label>
          {missing > 0 && (
            <span className="crispdm-Toolbar-note">
              {trans._n('%1 job was deleted.', '%1 jobs were deleted.', missing)}
            </span>
          )}
        </div>
        <div className="crispdm-ComparePage-content">
          <Overlays
            compared={compared}
            growth={model.changed}
            logScale={logScale}
            onOpen={onOpen}
          />
          <CompareTable
            jobs={compared.map(({ job }) => job)}
            groups={groups}
            onlyDifferences={onlyDifferences}
            onDirection={(metric, direction) =>
              setDirections({ ...directions, [metric]: direction })
            }
            onOpen={onOpen}
          />
        </div>
      </FactsGuard>
    </div>
  );
}
