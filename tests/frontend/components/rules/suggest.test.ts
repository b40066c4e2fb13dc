import { describe, expect, it } from 'vitest';
import { suggest } from '../../../../src/components/rules/suggest';

describe('suggest', () => {
  it.each([
    ['loss 0.25 at step 30', 'loss {loss} at step {step}'],
    ['epoch 3: wer = 12.5, cer = 1e-3', 'epoch {epoch}: wer = {wer}, cer = {cer}'],
    ['[7] dist: -0.5 (0.4)', '[{*}] dist: {dist} ({*})'],
    ['iteration 5 f1 .75', 'iteration {step} f1 {f1}'],
    ['a {brace} x 3.5', 'a brace x {x}'],
    ['[gpu 0] wer 12.5 after 300 steps', '[gpu {*}] wer {wer} after {step} steps'],
    ['errors: 3 of 20', 'errors: {errors} of {*}'],
    ['loss 1.5 loss 2.5', 'loss {loss} loss {*}']
  ])('makes gaps of the numbers of “%s”', (line, template) => {
    expect(suggest(line)).toBe(template);
  });

  it.each(['', 'no number', 'step 3', 'item 3', 'version 1.2.3', '3', `${'y'.repeat(400)} x 1.5`])(
    'has nothing to say about “%s”',
    line => {
      expect(suggest(line)).toBe('');
    }
  );
});
