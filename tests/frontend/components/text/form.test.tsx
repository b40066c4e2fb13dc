import { act, fireEvent, render, screen } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { ITextChoice } from '../../../../src/components/text/form';
import { TextForm } from '../../../../src/components/text/form';
import type { IWritten } from '../../../../src/components/text/usewriting';
import { useWriting } from '../../../../src/components/text/usewriting';
import { FakePen } from './pen';
import { pending } from '../../clock/pending';

const NOTHING: IWritten = { prompt: '', text: '', ending: '', error: '' };
const CHOICE: ITextChoice = { prompt: 'Once', model: '', maxTokens: 9, temperature: 0.5 };

interface IGiven {
  models?: readonly string[] | null;
  trouble?: string;
  kept?: IWritten;
  choice?: Partial<ITextChoice>;
}

function form({ models = ['pen', 'quill'], trouble = '', kept = NOTHING, choice }: IGiven = {}) {
  const pen = new FakePen();
  const chosen: Partial<ITextChoice>[] = [];
  function Shown(): React.JSX.Element {
    const [now, setNow] = useState<ITextChoice>({ ...CHOICE, ...choice });
    const writing = useWriting(pen.write, kept, () => undefined);
    const onChange = (changed: Partial<ITextChoice>): void => {
      chosen.push(changed);
      setNow({ ...now, ...changed });
    };
    const given = { title: '', models, trouble, writing, choice: now, onChange };
    return <TextForm {...given} />;
  }
  render(<Shown />);
  return { pen, chosen };
}

const soon = () => act(() => pending.rest());
const button = (name: string) => screen.getByRole('button', { name });
const rests = (name: string) => button(name).getAttribute('aria-disabled') === 'true';
const prompt = () => screen.getByLabelText<HTMLTextAreaElement>('Beginning');
const sheet = () => screen.queryByRole('region', { name: 'What the model wrote' });
const click = (name: string) => fireEvent.click(button(name));

describe('TextForm', () => {
  // proves: widgets.stream-text
  it('lets the first model go on with what is written, and shows it behind the beginning', async () => {
    const { pen } = form();
    click('Generate');
    pen.say(' upon <b>a</b> time');
    await soon();
    expect(pen.asked).toEqual([{ ...CHOICE, model: 'pen' }]);
    expect(sheet()!.textContent).toBe('Once upon <b>a</b> time');
    expect(sheet()!.getAttribute('aria-busy')).toBe('true');
    expect(screen.getByRole('status').textContent).toBe('Writing… 19 characters so far.');
    pen.say('.', 'length');
    await soon();
    expect(screen.getByRole('status').textContent).toBe('20 characters: as long as you asked for.');
    expect(sheet()!.getAttribute('aria-busy')).toBe('false');
  });

  it('asks the model that was chosen', async () => {
    const { pen, chosen } = form();
    fireEvent.change(screen.getByLabelText('Model'), { target: { value: 'quill' } });
    click('Generate');
    await soon();
    expect(chosen).toEqual([{ model: 'quill' }]);
    expect(pen.asked[0].model).toBe('quill');
  });

  it('asks the first model where the chosen one is not there any more', async () => {
    const { pen } = form({ choice: { model: 'gone' } });
    click('Generate');
    await soon();
    expect(pen.asked[0].model).toBe('pen');
  });

  // proves: text.left
  it('stops by a click and by Escape', async () => {
    const { pen } = form();
    expect(rests('Stop')).toBe(true);
    click('Generate');
    pen.say('half');
    await soon();
    expect(rests('Generate')).toBe(true);
    click('Stop');
    await soon();
    expect(screen.getByRole('status').textContent).toBe('Stopped after 4 characters.');
    click('Generate');
    await soon();
    fireEvent.keyDown(prompt(), { key: 'Escape' });
    await soon();
    expect(pen.left).toBe(2);
  });

  it('keeps the keyboard where it is when it begins', async () => {
    const { pen } = form();
    button('Generate').focus();
    click('Generate');
    await soon();
    expect(document.activeElement).toBe(button('Generate'));
    click('Generate');
    fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
    await soon();
    expect([pen.asked.length, pen.left]).toEqual([1, 1]);
  });

  it('begins by the keyboard, and not while it writes', async () => {
    const { pen } = form();
    fireEvent.keyDown(prompt(), { key: 'Enter' });
    expect(pen.asked).toHaveLength(0);
    fireEvent.keyDown(prompt(), { key: 'Enter', ctrlKey: true });
    fireEvent.keyDown(prompt(), { key: 'Enter', metaKey: true });
    await soon();
    expect(pen.asked).toHaveLength(1);
  });

  it('tells what went wrong beside what came before', async () => {
    const { pen } = form();
    click('Generate');
    pen.say('half');
    pen.give(new Error('The model has stopped.'));
    await soon();
    expect(screen.getByRole('alert').textContent).toBe('The model has stopped.');
    expect(sheet()!.textContent).toBe('Oncehalf');
    expect(rests('Generate')).toBe(false);
  });

  it('says what it is for before anything was written', () => {
    form();
    expect(screen.getByText('What the model writes appears here.')).toBeTruthy();
    expect(sheet()).toBeNull();
  });

  it('says that no model is there, and what to wait for', () => {
    form({ models: [] });
    expect(screen.getByText('No model that writes text is deployed yet.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Generate' })).toBeNull();
  });

  it('shows what was kept also while no model is there', () => {
    form({ models: [], kept: { prompt: 'Once', text: ' more', ending: 'stop', error: '' } });
    expect(sheet()!.textContent).toBe('Once more');
    expect(screen.getByText('5 characters.')).toBeTruthy();
  });

  it('claims nothing as long as it is not known which models there are', () => {
    form({ models: null, trouble: 'The service is not there.' });
    expect(rests('Generate')).toBe(true);
    expect(screen.getByRole('alert').textContent).toBe('The service is not there.');
    expect(screen.getByText('Looking for models…')).toBeTruthy();
  });

  it.each([
    ['Length', '50', { maxTokens: 50 }],
    ['Length', '50.4', { maxTokens: 50 }],
    ['Temperature', '1.5', { temperature: 1.5 }]
  ])('takes a %s of %s', (label, value, expected) => {
    const { chosen } = form();
    const field = screen.getByLabelText<HTMLInputElement>(label);
    fireEvent.change(field, { target: { value } });
    fireEvent.blur(field);
    expect(chosen).toEqual([expected]);
  });

  it.each([
    ['Length', '0', '9'],
    ['Length', '', '9'],
    ['Length', '99999', '9'],
    ['Temperature', '3', '0.5'],
    ['Temperature', '-1', '0.5']
  ])('takes no %s of “%s”', (label, value, before) => {
    const { chosen } = form();
    const field = screen.getByLabelText<HTMLInputElement>(label);
    fireEvent.change(field, { target: { value } });
    fireEvent.blur(field);
    expect(chosen).toEqual([]);
    expect(field.value).toBe(before);
  });

  it('stays where somebody scrolled to', async () => {
    const { pen } = form();
    click('Generate');
    pen.say('a');
    await soon();
    const shown = sheet()!;
    Object.defineProperties(shown, {
      scrollHeight: { value: 1000 },
      clientHeight: { value: 100 }
    });
    shown.scrollTop = 200;
    fireEvent.scroll(shown);
    pen.say('b');
    await soon();
    expect(shown.scrollTop).toBe(200);
    shown.scrollTop = 890;
    fireEvent.scroll(shown);
    pen.say('c');
    await soon();
    expect(shown.scrollTop).toBe(1000);
  });
});
