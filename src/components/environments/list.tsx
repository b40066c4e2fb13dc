import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useMemo, useState } from 'react';
import type { Environment } from '../../api';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { canBeKernel, groupEnvironments } from './groups';

/** What the list shows and tells. */
export interface IEnvironmentListProps {
  environments: readonly Environment[];
  isPending: (id: string) => boolean;
  onMakeKernel: (id: string) => void;
  onCreate: () => void;
}

/** The environments by kind, each with its Python and whether notebooks can use it. */
export function EnvironmentList(props: IEnvironmentListProps): React.JSX.Element {
  const { environments, onCreate } = props;
  const trans = useTrans();
  const [filter, setFilter] = useState('');
  const groups = useMemo(
    () => groupEnvironments(environments, filter, trans),
    [environments, filter, trans]
  );
  if (environments.length === 0) {
    return (
      <Empty
        title={trans.__('No environments found.')}
        action={{ label: trans.__('New environment…'), run: onCreate }}
      >
        {trans.__('Make one here, or beside your files: python -m venv .venv')}
      </Empty>
    );
  }
  return (
    <>
      <input
        className="crispdm-Input crispdm-Filter"
        type="search"
        placeholder={trans.__('Name, kind, version, path…')}
        aria-label={trans.__('Filter environments')}
        value={filter}
        onChange={event => setFilter(event.target.value)}
      />
      {groups.length === 0 && <Empty title={trans.__('No environment matches.')} />}
      <div className="crispdm-Environments">
        {groups.map(group => (
          <Group key={group.title} {...group} {...props} environments={group.environments} />
        ))}
      </div>
    </>
  );
}

function Group(props: IEnvironmentListProps & { title: string }): React.JSX.Element {
  const { title, environments, isPending, onMakeKernel } = props;
  return (
    <section>
      <h3 className="crispdm-Environments-kind">
        {title} <small>{environments.length}</small>
      </h3>
      <ul className="crispdm-List" aria-label={title}>
        {environments.map(environment => (
          <Item
            key={environment.id}
            environment={environment}
            isPending={isPending(environment.id)}
            onMakeKernel={onMakeKernel}
          />
        ))}
      </ul>
    </section>
  );
}

const Item = React.memo(
  (props: {
    environment: Environment;
    isPending: boolean;
    onMakeKernel: (id: string) => void;
  }): React.JSX.Element => {
    const { environment, isPending, onMakeKernel } = props;
    const { id, name, prefix, kernel } = environment;
    const trans = useTrans();
    const isReady = kernel.ready;
    const state = isReady ? trans.__('Notebooks can use it.') : kernel.reason;
    return (
      <li
        className="crispdm-mod-environment"
        data-environment-id={id}
        data-ready={isReady || undefined}
        data-broken={!environment.usable || undefined}
        title={[prefix, state].filter(Boolean).join('\n')}
      >
        <span className="crispdm-List-name">{name}</span>
        <span className="crispdm-List-detail">{detailOf(trans, environment)}</span>
        <span className="crispdm-Environments-actions">
          {canBeKernel(environment) && (
            <button
              className="crispdm-Button"
              title={trans.__('Lend it an ipykernel; nothing in it is changed')}
              aria-label={trans.__('Make %1 a kernel for notebooks', name)}
              disabled={isPending}
              onClick={() => onMakeKernel(id)}
            >
              {isPending ? trans.__('Making…') : trans.__('Make kernel')}
            </button>
          )}
          <button
            className="crispdm-MenuButton"
            aria-haspopup="menu"
            aria-label={trans.__('More for %1', name)}
            onClick={openMenu}
          >
            ⋮
          </button>
        </span>
      </li>
    );
  }
);
Item.displayName = 'EnvironmentItem';

/** Kind and Python, and what is wrong with it. */
function detailOf(trans: TranslationBundle, environment: Environment): string {
  const { kind, name, version, usable, reason, kernel } = environment;
  const isTold = name.includes(version) || version === '';
  const usage = usable && !kernel.ready ? trans.__('jobs only') : '';
  return [kind, isTold ? '' : `Python ${version}`, usable ? usage : reason]
    .filter(Boolean)
    .join(' · ');
}

/** The menu of the row, as by the right mouse button: it also opens by the keyboard. */
function openMenu(event: React.MouseEvent<HTMLButtonElement>): void {
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  const at = { clientX: left, clientY: bottom, bubbles: true, cancelable: true };
  event.currentTarget.dispatchEvent(new MouseEvent('contextmenu', at));
}
