import { Signal } from '@lumino/signaling';
import type { Deployment, Job, Model } from '../../src/api';
import type { IFacts } from '../../src/tokens/facts';
import type { ILatestMetrics, Latest } from '../../src/tokens/metrics';
import type { IModels } from '../../src/tokens/models';

/** Facts that are there at once. */
export class FakeFacts implements IFacts {
  readonly changed = new Signal<this, void>(this);
  isReady = true;
  error = '';
  isDisposed = false;
  dispose(): void {
    this.isDisposed = true;
  }
}

export class FakeModels extends FakeFacts implements IModels {
  list: Model[] = [];
  deployments: Deployment[] = [];
  isServingKnown = true;
  pending = false;
  deploymentOf(model: string, version: number): Deployment | undefined {
    return this.deployments.find(d => d.model === model && d.version === version);
  }
  isPending(): boolean {
    return this.pending;
  }
  deploy(): Promise<void> {
    return Promise.resolve();
  }
  undeploy(): Promise<void> {
    return Promise.resolve();
  }
}

/** The newest metrics that a test sets. */
export class FakeLatest extends FakeFacts implements ILatestMetrics {
  known = new Map<string, Latest>();
  wanted: string[] = [];
  of(id: string): Latest | undefined {
    return this.known.get(id);
  }
  want(jobs: readonly Job[]): void {
    this.wanted = jobs.map(job => job.id);
  }
}
