import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import * as yjs from 'yjs';
import { SharedTextArea } from '../../../../src/components/shared/text/area';
import { editOf, shifted } from '../../../../src/components/shared/text/edits';
import { seed } from '../../../../src/components/shared/text/seed';
import { FakeText } from '../../shared';
import { Choices } from '../../random';

const STANDING = { isReady: true, error: '' };

function open(text = '', standing = STANDING) {
  const shared = new FakeText('goal', text, standing);
  render(<SharedTextArea shared={shared} error={standing.error} label="Goal" rows={3} />);
  const field = screen.getByLabelText<HTMLTextAreaElement>('Goal');
  const write = (value: string): void => {
    field.value = value;
    fireEvent(field, new Event('input', { bubbles: true }));
  };
  return { shared, field, write };
}

describe('a field of a shared text', () => {
  // proves: shared.text
  it('shows the text, and writes what is typed', () => {
    const { shared, field, write } = open('Find every digit.');
    expect(field.value).toBe('Find every digit.');
    write('Find and name every digit.');
    expect(shared.text.toJSON()).toBe('Find and name every digit.');
  });

  it('shows what others write, and leaves the caret where it is', () => {
    const { shared, field } = open('one three');
    field.setSelectionRange(9, 9);
    act(() => shared.text.insert(4, 'two '));
    expect([field.value, field.selectionStart]).toEqual(['one two three', 13]);
    field.setSelectionRange(2, 2);
    act(() => shared.text.insert(13, '!'));
    expect([field.value, field.selectionStart]).toEqual(['one two three!', 2]);
  });

  it('does not disturb a letter that is put together', () => {
    const { shared, field } = open('ab');
    fireEvent.compositionStart(field);
    field.value = 'ab语';
    fireEvent(field, new Event('input', { bubbles: true }));
    act(() => shared.text.insert(0, 'X'));
    expect(field.value).toBe('ab语');
    fireEvent.compositionEnd(field);
    expect([shared.text.toJSON(), field.value]).toEqual(['Xab语', 'Xab语']);
  });

  it('cannot be written in before the text is there, and says what is wrong', () => {
    const { field } = open('', { isReady: false, error: 'You may not read this.' });
    expect(field.readOnly).toBe(true);
    expect(screen.getByRole('alert').textContent).toBe('You may not read this.');
  });
});

describe('an edit', () => {
  it('makes the one text out of the other, and cuts no character in two', () => {
    const choices = new Choices(7);
    const letters = ['a', 'b', 'a', '\n', '😀', '😁', 'é'];
    const text = () => Array.from({ length: 6 }, () => choices.of(letters)).join('');
    for (let round = 0; round < 500; round++) {
      const [before, after] = [text(), text()];
      const { at, removed, inserted } = editOf(before, after);
      expect(before.slice(0, at) + inserted + before.slice(at + removed)).toBe(after);
      expect([before.slice(0, at), inserted, before.slice(at + removed)].map(isWhole)).toEqual([
        true,
        true,
        true
      ]);
    }
  });

  it('stands where it belongs after another one', () => {
    const edit = { at: 5, removed: 1, inserted: 'x' };
    expect(shifted(edit, { at: 2, removed: 0, inserted: 'abc' }).at).toBe(8);
    expect(shifted(edit, { at: 2, removed: 9, inserted: '' }).at).toBe(2);
    expect(shifted(edit, { at: 5, removed: 0, inserted: 'abc' }).at).toBe(5);
  });
});

function isWhole(text: string): boolean {
  return text === new TextDecoder().decode(new TextEncoder().encode(text));
}

describe('the beginning of a text', () => {
  // proves: shared.text
  it('is there once, when two begin at the same time', async () => {
    const [one, other] = [new yjs.Doc(), new yjs.Doc()];
    await seed(one, 'text', 'Find every digit.');
    await seed(other, 'text', 'Find every digit.');
    yjs.applyUpdate(one, yjs.encodeStateAsUpdate(other));
    expect(one.getText('text').toJSON()).toBe('Find every digit.');
  });

  it('comes not back after somebody has deleted it', async () => {
    const doc = new yjs.Doc();
    await seed(doc, 'text', 'Find every digit.');
    doc.getText('text').delete(0, 17);
    await seed(doc, 'text', 'Find every digit.');
    expect(doc.getText('text').toJSON()).toBe('');
  });
});
