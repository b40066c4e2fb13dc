import React from 'react';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';

/** Stands where jobs will be. */
export function NoJobs({ onRun }: { onRun: () => void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Empty
      title={trans.__('No jobs yet.')}
      action={{ label: trans.__('Run a file as a job'), run: onRun }}
    >
      {trans.__(
        'A job runs a script or notebook in an environment of your choice, and goes on when you close the page. Right-click a .py or .ipynb file and choose “Run as Job…”.'
      )}
    </Empty>
  );
}

/** Stands where a filter leaves nothing. */
export function NoMatch({ onShowAll }: { onShowAll: () => void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Empty
      title={trans.__('No job matches.')}
      action={{ label: trans.__('Show all'), run: onShowAll }}
    />
  );
}
