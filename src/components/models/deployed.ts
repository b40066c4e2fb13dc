import type { Deployment } from '../../api';

const UNUSED: readonly Deployment['state'][] = ['stopped', 'failed'];

/** The deployment that NAME, NAME/VERSION or NAME@ALIAS means: one that answers, before one that does not. */
export function deploymentNamed(
  deployments: readonly Deployment[],
  name: string
): Deployment | undefined {
  const [model, alias] = name.split('@', 2);
  const [bare, version] = model.split('/', 2);
  const meant = [...deployments]
    .reverse()
    .filter(
      one =>
        one.model === bare &&
        (version === undefined || String(one.version) === version) &&
        (alias === undefined || one.alias === alias)
    );
  return (
    meant.find(({ state }) => state === 'ready') ??
    meant.find(({ state }) => !UNUSED.includes(state)) ??
    meant[0]
  );
}
