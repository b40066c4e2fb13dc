import React from 'react';
import type { Environment } from '../api';
import { useTrans } from './context';
import { Empty } from './empty';

/** The environments, each with its Python and whether notebooks can use it. */
export function EnvironmentList(props: {
  environments: readonly Environment[];
  onMakeKernel: (id: string) => void;
}): React.JSX.Element {
  const { environments, onMakeKernel } = props;
  const trans = useTrans();
  if (environments.length === 0) {
    return (
      <Empty title={trans.__('No environments found.')}>
        {trans.__('Make one beside your files: python -m venv .venv')}
      </Empty>
    );
  }
  return (
    <ul className="crispdm-List" aria-label={trans.__('Environments')}>
      {environments.map(environment => (
        <li
          key={environment.id}
          title={[environment.prefix, environment.kernel.reason].filter(Boolean).join('\n')}
        >
          <EnvironmentItem environment={environment} onMakeKernel={onMakeKernel} />
        </li>
      ))}
    </ul>
  );
}

function EnvironmentItem(props: {
  environment: Environment;
  onMakeKernel: (id: string) => void;
}): React.JSX.Element {
  const { environment, onMakeKernel } = props;
  const { id, name, kind, version, kernel, usable, reason } = environment;
  const trans = useTrans();
  const canMake = usable && !kernel.ready && isNewEnough(version);
  return (
    <>
      <span className="crispdm-List-name">{name}</span>
      <span className="crispdm-List-detail">
        {[kind, name.includes(version) || `Python ${version}`, !usable && reason]
          .filter(part => typeof part === 'string')
          .join(' · ')}
      </span>
      {canMake && (
        <button
          className="crispdm-Button"
          title={trans.__('Make %1 a kernel for notebooks', name)}
          onClick={() => onMakeKernel(id)}
        >
          {trans.__('Make kernel')}
        </button>
      )}
    </>
  );
}

/** Kernels need Python 3.8. */
function isNewEnough(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 8);
}
