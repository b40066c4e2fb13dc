import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from './errors';
import type { components } from './generated';
import type { IAskedText, IPiece } from './text/writing';
import { writeText } from './text/writing';
import type { ErrorBody } from './types';

type Schemas = components['schemas'];

/** What the model found in one picture. */
export type IFindings = Schemas['Findings'];

/** The answer for one picture: what was found, or why there is no answer; and the picture with it drawn in. */
export type Prediction = Schemas['Predictions']['Responses'][number];

/**
 * Ask a deployed model about pictures, given as base64: the one of that weight, or the one that is configured.
 * Rejects with ApiError when none could be answered.
 */
export async function predict(
  images: readonly string[],
  weight = '',
  settings: ServerConnection.ISettings = ServerConnection.makeSettings()
): Promise<Prediction[]> {
  const url = URLExt.join(settings.baseUrl, 'crispdm/serving/predict');
  const response = await ServerConnection.makeRequest(
    url,
    {
      method: 'POST',
      body: JSON.stringify(weight ? { images, weight } : { images }),
      headers: { 'Content-Type': 'application/json' }
    },
    settings
  );
  const answer = (await response.json()) as unknown;
  if (!response.ok) {
    throw new ApiError(response.status, answer as Partial<ErrorBody>);
  }
  return (answer as Schemas['Predictions']).Responses;
}

export type IModelMetadata = Schemas['ModelMetadata'];
export type ITensorMetadata = Schemas['TensorMetadata'];
export type InferReply = Schemas['InferReply'];
export type OutputTensor = Schemas['OutputTensor'];

/** A tensor that a model is asked with; `data` is flat. */
export interface IRequestTensor {
  name: string;
  datatype: string;
  shape: readonly number[];
  data: readonly (string | number)[];
}

/** A deployed version of a model, behind the login. */
export class DeployedModel {
  constructor(
    readonly name: string,
    readonly version: number,
    private readonly _settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  /** The address at which programs ask it. */
  get url(): string {
    return new URL(this._at('/infer'), window.location.href).href;
  }

  /** What it takes and gives. Rejects with ApiError where it does not answer. */
  describe(): Promise<IModelMetadata> {
    return this._ask<IModelMetadata>('', { method: 'GET' });
  }

  /** What it says to some tensors. Rejects with ApiError. */
  infer(inputs: readonly IRequestTensor[]): Promise<InferReply> {
    const body = JSON.stringify({ inputs });
    const headers = { 'Content-Type': 'application/json' };
    return this._ask<InferReply>('/infer', { method: 'POST', body, headers });
  }

  /** What it finds in pictures; `weight` is its name in the four calls. Rejects with ApiError. */
  predict(images: readonly string[], weight: string): Promise<Prediction[]> {
    return predict(images, weight, this._settings);
  }

  /** What it writes, piece by piece. Rejects with ApiError. */
  write(asked: IAskedText, signal: AbortSignal): AsyncIterable<IPiece> {
    return writeText({ ...asked, model: this.name, version: this.version }, signal, this._settings);
  }

  private async _ask<A>(path: string, init: RequestInit): Promise<A> {
    const response = await ServerConnection.makeRequest(
      this._at(path),
      { ...init, cache: 'no-cache' },
      this._settings
    );
    const answer = (await response.json()) as unknown;
    if (!response.ok) {
      throw new ApiError(response.status, answer as Partial<ErrorBody>);
    }
    return answer as A;
  }

  private _at(path: string): string {
    const model = `${encodeURIComponent(this.name)}/versions/${this.version}`;
    return `${URLExt.join(this._settings.baseUrl, 'crispdm/serving/v2/models', model)}${path}`;
  }
}
