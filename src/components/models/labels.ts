import type { TranslationBundle } from '@jupyterlab/translation';
import type { Deployment } from '../../api';
import { formatBytes, formatValue } from '../basics/format';

/** How a deployment is, in words. */
export function deploymentLabel(trans: TranslationBundle, deployment: Deployment): string {
  const labels: Record<Deployment['state'], string> = {
    starting: trans.__('deploying…'),
    ready: trans.__('deployed'),
    idle: trans.__('deployed, at rest'),
    failed: trans.__('deployment failed: %1', deployment.reason),
    stopped: trans.__('withdrawn')
  };
  return labels[deployment.state];
}

/** What a deployment has to do and what it takes, as far as that was told. */
export function loadLabel(trans: TranslationBundle, deployment: Deployment): string {
  const { rate, p99, queue, errors, memory_bytes: memory } = deployment;
  return [
    rate > 0 && trans.__('%1 requests a second', formatValue(rate)),
    p99 !== null && trans.__('99% within %1 ms', formatValue(p99)),
    queue > 0 && trans.__('%1 waiting', queue),
    errors > 0 && trans._n('%1 error', '%1 errors', errors),
    memory !== null && formatBytes(memory)
  ]
    .filter(Boolean)
    .join(', ');
}
