import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api';
import type { Prediction } from '../../../src/api/serving';
import { DeployedModel, predict } from '../../../src/api/serving';
import { fakeServer, json } from '../support';

const NOTHING = { class_name: [], scores: [], 'rois [y_min, x_min, y_max, x_max]': [] };
const ANSWER: Prediction = [{ results: NOTHING }, null];

describe('predict', () => {
  it('asks the model behind the login, with all pictures at once', async () => {
    const { settings, asked } = fakeServer(() => json({ Responses: [ANSWER, ANSWER] }));
    expect(await predict(['QUJD', 'REVG'], '', settings)).toEqual([ANSWER, ANSWER]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/base/crispdm/serving/predict',
      body: { images: ['QUJD', 'REVG'] }
    });
    expect(asked[0].headers.get('content-type')).toBe('application/json');
  });

  it('tells what the server refused, with what it says of each picture', async () => {
    const details = { images: [{ message: 'It is no picture.' }] };
    const body = { message: 'No image could be answered.', code: 'unprocessable', details };
    const { settings } = fakeServer(() => json(body, 422));
    const refused = await predict(['QUJD'], '', settings).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 422, message: body.message, details });
  });
});

describe('a deployed version of a model', () => {
  it('is asked about pictures by its weight, whatever is configured', async () => {
    const { settings, asked } = fakeServer(() => json({ Responses: [ANSWER] }));
    const model = new DeployedModel('unet', 2, settings);
    expect(await model.predict(['QUJD'], 'unet_digits2')).toEqual([ANSWER]);
    expect(asked[0]).toMatchObject({
      path: '/base/crispdm/serving/predict',
      body: { images: ['QUJD'], weight: 'unet_digits2' }
    });
  });

  it('is asked for a text at the address of its version', async () => {
    const { settings, asked } = fakeServer(() => json({ message: 'It writes no text.' }, 422));
    const model = new DeployedModel('pen', 3, settings);
    const choice = { model: 'another', prompt: 'Once', maxTokens: 5, temperature: 0 };
    const written = model.write(choice, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(written.next()).rejects.toThrow('It writes no text.');
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/base/crispdm/serving/v2/models/pen/versions/3/generate_stream',
      body: { text_input: 'Once', parameters: { max_tokens: 5, temperature: 0 } }
    });
  });
});
