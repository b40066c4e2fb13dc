import type { TranslationBundle } from '@jupyterlab/translation';
import type { Deployment } from '../../api';

/** How a deployment is, in words. */
export function deploymentLabel(trans: TranslationBundle, deployment: Deployment): string {
  const labels: Record<Deployment['state'], string> = {
    starting: trans.__('deploying…'),
    ready: trans.__('deployed'),
    idle: trans.__('resting, wakes when it is asked'),
    failed: trans.__('deployment failed: %1', deployment.reason),
    stopped: trans.__('withdrawn')
  };
  return labels[deployment.state];
}
