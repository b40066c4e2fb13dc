import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api';
import type { Prediction } from '../../../src/api/serving';
import { predict } from '../../../src/api/serving';
import { fakeServer, json } from '../support';

const NOTHING = { class_name: [], scores: [], 'rois [y_min, x_min, y_max, x_max]': [] };
const ANSWER: Prediction = [{ results: NOTHING }, null];

describe('predict', () => {
  it('asks the model behind the login, with all pictures at once', async () => {
    const { settings, asked } = fakeServer(() => json({ Responses: [ANSWER, ANSWER] }));
    expect(await predict(['QUJD', 'REVG'], settings)).toEqual([ANSWER, ANSWER]);
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
    const refused = await predict(['QUJD'], settings).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 422, message: body.message, details });
  });
});
