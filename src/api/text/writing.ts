import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from '../errors';
import type { components } from '../generated';
import type { ErrorBody } from '../types';
import { streamEvents } from './events';

type Schemas = Pick<components['schemas'], 'GenerateReply' | 'TextModels'>;

const ROOT = 'crispdm/serving';

/** What a model is asked to write. */
export interface IAskedText {
  model: string;
  /** The version that is asked; without it the one that answers for the model. */
  version?: number;
  prompt: string;
  maxTokens: number;
  temperature: number;
}

/** A piece of a text; the last one says how it ended. */
export interface IPiece {
  text: string;
  ended: string | null;
}

/** The names of the deployed models that write text. */
export async function textModels(
  settings: ServerConnection.ISettings = ServerConnection.makeSettings()
): Promise<string[]> {
  const url = URLExt.join(settings.baseUrl, ROOT, 'v1/models');
  const response = await ServerConnection.makeRequest(url, { cache: 'no-cache' }, settings);
  const answer = (await response.json()) as unknown;
  if (!response.ok) {
    throw new ApiError(response.status, answer as Partial<ErrorBody>);
  }
  return (answer as Schemas['TextModels']).data.map(({ id }) => id);
}

/** A text as the model writes it, each piece exactly once. Rejects with ApiError where the model refuses or breaks. */
export async function* writeText(
  asked: IAskedText,
  signal?: AbortSignal,
  settings: ServerConnection.ISettings = ServerConnection.makeSettings()
): AsyncGenerator<IPiece, void, void> {
  const version = asked.version === undefined ? '' : `/versions/${asked.version}`;
  const path = `v2/models/${encodeURIComponent(asked.model)}${version}/generate_stream`;
  const parameters = { max_tokens: asked.maxTokens, temperature: asked.temperature };
  const init: RequestInit = {
    method: 'POST',
    body: JSON.stringify({ text_input: asked.prompt, parameters }),
    headers: { 'Content-Type': 'application/json' }
  };
  const url = URLExt.join(settings.baseUrl, ROOT, path);
  for await (const { name, data } of streamEvents(url, init, signal, { settings })) {
    const said = JSON.parse(data) as unknown;
    if (name === 'error') {
      throw new ApiError(0, said as ErrorBody);
    }
    const { text_output: text, details } = said as Schemas['GenerateReply'];
    yield { text, ended: details?.finish_reason ?? null };
    if (details) {
      return;
    }
  }
}
