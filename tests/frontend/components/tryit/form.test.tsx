import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { IAskedText, IPiece } from '../../../../src/api/text/writing';
import { TryModel } from '../../../../src/components/tryit/form';
import { FakeAsking } from '../../facts';

const IRIS = new FakeAsking().described as Exclude<FakeAsking['described'], Error>;
const PICTURES = [{ name: 'images', datatype: 'FP32', shape: [-1, 3, 8, 8] }];
const PROMPT = [{ name: 'prompt', datatype: 'BYTES', shape: [1] }];
const EXAMPLE = { name: 'two.png', url: 'data:image/png;base64,QUJD' };

async function show(
  inputs: typeof IRIS.inputs = IRIS.inputs,
  more: Partial<FakeAsking> = {}
): Promise<FakeAsking> {
  const asking = Object.assign(new FakeAsking(), { described: { ...IRIS, inputs } }, more);
  await act(async () => {
    render(<TryModel asking={asking} title="Irises" examples={[EXAMPLE]} />);
    await Promise.resolve();
  });
  return asking;
}

const rows = () => screen.getByRole('textbox', { name: /Rows: typed/ });
const write = (text: string): void => void fireEvent.change(rows(), { target: { value: text } });
const ask = (): void => void fireEvent.click(screen.getByRole('button', { name: 'Ask the model' }));

describe('the form made of what a model takes', () => {
  it('says why it is not known what the model takes', async () => {
    await show([], { described: new ApiError(503, { message: 'It is starting.' }) });
    expect(screen.getByRole('alert').textContent).toBe('It is starting.');
  });

  it('names the address where there is no form for what the model takes', async () => {
    const asking = await show([{ name: 'sound', datatype: 'FP32', shape: [2, -1, 128] }]);
    expect(screen.getByText(asking.url)).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('does not ask about no rows, nor about more than a thousand', async () => {
    await show();
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Ask the model' });
    expect(button.disabled).toBe(true);
    write(Array.from({ length: 1001 }, () => '1,2,3').join('\n'));
    ask();
    expect((await screen.findByRole('alert')).textContent).toMatch(/1001 rows; at most 1000/);
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('takes rows from a spreadsheet, with tabs between them', async () => {
    await show();
    write('1\t2\t3\n4\t5\t6');
    ask();
    const table = await screen.findByRole('table', { name: 'Answers' });
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    expect(
      within(table)
        .getAllByRole('cell')
        .map(cell => cell.textContent)
    ).toContain('6');
  });

  it('takes rows from a file, and refuses one that is too large', async () => {
    await show();
    const file = screen.getByLabelText<HTMLInputElement>('CSV file…');
    const small = new File(['1,2,3'], 'small.csv');
    fireEvent.change(file, { target: { files: [small] } });
    await waitFor(() => expect((rows() as HTMLTextAreaElement).value).toBe('1,2,3'));
    const large = new File(['x'.repeat(2 ** 20 + 1)], 'large.csv');
    fireEvent.change(file, { target: { files: [large] } });
    expect((await screen.findByRole('alert')).textContent).toBe('“large.csv” is over 1 MiB.');
    expect((rows() as HTMLTextAreaElement).value).toBe('1,2,3');
  });

  it('tells why the model refused, and shows the program that was refused', async () => {
    await show(IRIS.inputs, { reply: () => Promise.reject(new Error('An unknown city.')) });
    write('1,2,3');
    ask();
    expect((await screen.findByRole('alert')).textContent).toBe('An unknown city.');
    expect(screen.getByText('Ask the same from a program')).toBeTruthy();
  });
});

describe('the form for pictures', () => {
  it('is told what the model refused, and then shows no program', async () => {
    const predict = () => Promise.reject(new Error('The model has stopped.'));
    await show(PICTURES, { predict });
    fireEvent.click(screen.getByTitle('Ask about two.png'));
    expect((await screen.findByRole('alert')).textContent).toBe('The model has stopped.');
    expect(screen.getByRole('status').textContent).toBe('unet, version 2, answers.');
  });

  it('shows a program that names the version, and holds no picture', async () => {
    await show(PICTURES);
    fireEvent.click(screen.getByTitle('Ask about two.png'));
    await screen.findByText('Ask the same from a program');
    const programs = screen.getAllByText(/mlp_irises2/);
    expect(programs).toHaveLength(3);
    programs.forEach(({ textContent }) => {
      expect(textContent).toContain('/crispdm/serving/predict');
      expect(textContent).not.toContain('QUJD');
    });
  });
});

describe('the form for a prompt', () => {
  it('stops the model when the reader does, and keeps what was written', async () => {
    let signal: AbortSignal | null = null;
    const write = async function* (
      _: IAskedText,
      given: AbortSignal
    ): AsyncGenerator<IPiece, void, void> {
      signal = given;
      yield { text: 'Once upon', ended: null };
      await new Promise((_resolve, reject) => {
        given.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
    };
    await show(PROMPT, { write } as Partial<FakeAsking>);
    fireEvent.click(screen.getByRole('button', { name: 'Generate' }));
    expect(await screen.findByText(/Once upon/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(signal?.aborted).toBe(true));
    expect(await screen.findByText('Ask the same from a program')).toBeTruthy();
    expect(screen.getByText(/Once upon/)).toBeTruthy();
  });

  it('says in the program what was chosen', async () => {
    await show(PROMPT, { pieces: [{ text: 'x', ended: 'stop' }] });
    const beginning = screen.getByRole('textbox', { name: /Beginning/ });
    fireEvent.change(beginning, { target: { value: "it's" } });
    fireEvent.click(screen.getByRole('button', { name: 'Generate' }));
    await screen.findByText('Ask the same from a program');
    const [curl] = screen.getAllByText(/max_tokens/);
    expect(curl.textContent).toContain('/v2/models/unet/versions/2/generate');
    expect(curl.textContent).toContain(`"text_input":"it'\\''s"`);
  });
});
