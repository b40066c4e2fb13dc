import { Token } from '@lumino/coreutils';
import type { AliasHistory, Deployment, Model, TrustReport } from '../api';
import type { IModelMetadata, InferReply, IRequestTensor, Prediction } from '../api/serving';
import type { IAskedText, IPiece } from '../api/text/writing';
import type { IFacts } from './facts';

/** The registered models and where they are deployed. */
export interface IModels extends IFacts {
  readonly list: readonly Model[];
  readonly deployments: readonly Deployment[];
  /** Whether the server has told what is deployed. */
  readonly isServingKnown: boolean;
  deploymentOf(model: string, version: number): Deployment | undefined;
  isPending(model: string, version: number): boolean;
  find(name: string): Model | undefined;
  deploy(model: string, version: number, workers?: number): Promise<void>;
  undeploy(id: string): Promise<void>;
  /** Which version of a model bore which alias from when until when. */
  history(name: string): Promise<AliasHistory>;
  setAlias(name: string, alias: string, version: number): Promise<void>;
  removeAlias(name: string, alias: string): Promise<void>;
  /** Point an alias to the version before `current`; refused where somebody has moved it meanwhile. */
  rollBack(name: string, alias: string, current: number): Promise<void>;
  remove(name: string, version: number): Promise<void>;
  /** What a version's file would build, and what of it nobody has trusted. */
  trustReport(name: string, version: number): Promise<TrustReport>;
  trust(
    name: string,
    version: number,
    types: readonly string[],
    reason: string
  ): Promise<TrustReport>;
  fileUrl(name: string, version: number): string;
  /** Where the log of a deployment can be read. */
  logUrl(id: string): string;
  /** Where a deployed version of a model is asked. */
  asking(name: string, version: number): IAsking;
}

/** Where a version of a model is asked. */
export interface IAsking {
  readonly name: string;
  readonly version: number;
  /** The address of `infer`, for programs. */
  readonly url: string;
  /** What it takes and gives; rejects where it does not answer. */
  describe(): Promise<IModelMetadata>;
  infer(inputs: readonly IRequestTensor[]): Promise<InferReply>;
  /** What it finds in pictures, given as base64; `weight` is its name in the four calls. */
  predict(images: readonly string[], weight: string): Promise<Prediction[]>;
  /** What it writes, piece by piece. */
  write(asked: IAskedText, signal: AbortSignal): AsyncIterable<IPiece>;
}

export const IModels = new Token<IModels>(
  'jupyter-crispdm:IModels',
  'The registered models and where they are deployed.'
);

/** The commands for models. */
export namespace ModelCommands {
  export const deploy = 'jupyter-crispdm:deploy-model';
  export const withdraw = 'jupyter-crispdm:withdraw-model';
  export const open = 'jupyter-crispdm:open-model';
  export const setAlias = 'jupyter-crispdm:set-model-alias';
  export const removeAlias = 'jupyter-crispdm:remove-model-alias';
  export const rollBack = 'jupyter-crispdm:roll-back-model-alias';
  export const remove = 'jupyter-crispdm:delete-model-version';
  export const trust = 'jupyter-crispdm:trust-model-version';
}
