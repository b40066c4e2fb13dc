import { Token } from '@lumino/coreutils';
import type { Deployment, Model } from '../api';
import type { IFacts } from './facts';

/** The registered models and where they are deployed. */
export interface IModels extends IFacts {
  readonly list: readonly Model[];
  readonly deployments: readonly Deployment[];
  /** Whether the server has told what is deployed. */
  readonly isServingKnown: boolean;
  deploymentOf(model: string, version: number): Deployment | undefined;
  isPending(model: string, version: number): boolean;
  deploy(model: string, version: number): Promise<void>;
  undeploy(id: string): Promise<void>;
}

export const IModels = new Token<IModels>(
  'jupyter-crispdm:IModels',
  'The registered models and where they are deployed.'
);

/** The commands for models. */
export namespace ModelCommands {
  export const deploy = 'jupyter-crispdm:deploy-model';
  export const withdraw = 'jupyter-crispdm:withdraw-model';
}
