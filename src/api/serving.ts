import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from './errors';
import type { components } from './generated';
import type { ErrorBody } from './types';

type Schemas = components['schemas'];

/** What the model found in one picture. */
export type IFindings = Schemas['Findings'];

/** The answer for one picture: what was found, or why there is no answer; and the picture with it drawn in. */
export type Prediction = Schemas['Predictions']['Responses'][number];

/** Ask the deployed model about pictures, given as base64. Rejects with ApiError when none could be answered. */
export async function predict(
  images: readonly string[],
  settings: ServerConnection.ISettings = ServerConnection.makeSettings()
): Promise<Prediction[]> {
  const url = URLExt.join(settings.baseUrl, 'crispdm/serving/predict');
  const response = await ServerConnection.makeRequest(
    url,
    {
      method: 'POST',
      body: JSON.stringify({ images }),
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
