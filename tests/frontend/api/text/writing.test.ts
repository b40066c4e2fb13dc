import type { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { IPiece } from '../../../../src/api/text/writing';
import { textModels, writeText } from '../../../../src/api/text/writing';
import { fakeServer, json } from '../../support';

const ASKED = { model: 'a b', prompt: 'Once', maxTokens: 5, temperature: 0.5 };

function said(...parts: object[]): Response {
  const events = parts.map((part, at) => `id: x-${at + 1}\ndata: ${JSON.stringify(part)}\n\n`);
  return new Response(events.join(''));
}

async function read(settings: ServerConnection.ISettings): Promise<IPiece[]> {
  const found: IPiece[] = [];
  for await (const piece of writeText(ASKED, undefined, settings)) {
    found.push(piece);
  }
  return found;
}

describe('writeText', () => {
  // proves: widgets.stream-text
  it('asks the model behind the login and gives its pieces up to the last one', async () => {
    const { settings, asked } = fakeServer(() =>
      said(
        { text_output: 'a' },
        { text_output: 'b' },
        { text_output: '', details: { finish_reason: 'stop' } }
      )
    );
    expect(await read(settings)).toEqual([
      { text: 'a', ended: null },
      { text: 'b', ended: null },
      { text: '', ended: 'stop' }
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/base/crispdm/serving/v2/models/a%20b/generate_stream',
      body: { text_input: 'Once', parameters: { max_tokens: 5, temperature: 0.5 } }
    });
  });

  // proves: text.refused
  it('tells what goes wrong in the middle', async () => {
    const { settings } = fakeServer(
      () =>
        new Response(
          'data: {"text_output":"a"}\n\nevent: error\ndata: {"message":"It died.","code":"unavailable"}\n\n'
        )
    );
    await expect(read(settings)).rejects.toMatchObject({
      message: 'It died.',
      code: 'unavailable'
    });
  });
});

describe('textModels', () => {
  // proves: widgets.stream-text
  it('names the models that write', async () => {
    const { settings, asked } = fakeServer(() => json({ object: 'list', data: [{ id: 'pen' }] }));
    expect(await textModels(settings)).toEqual(['pen']);
    expect(asked[0]).toMatchObject({
      method: 'GET',
      path: '/base/crispdm/serving/v1/models',
      query: ''
    });
  });

  it('tells why it does not know', async () => {
    const { settings } = fakeServer(() => json({ message: 'The service is not there.' }, 503));
    const refused = await textModels(settings).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ message: 'The service is not there.' });
  });
});
