import type { Diagnosis, Finding, IFollower, MediaPiece, MediaSeries } from '../../src/api';
import type { IDiagnosis } from '../../src/tokens/diagnosis';
import type { IMedia } from '../../src/tokens/metrics';
import { FakeFacts } from './facts';
import { FakeShown } from './live';

/** What the server says of one pair of curves. */
export function aFinding(change: Partial<Finding> = {}): Finding {
  return {
    train: 'train/loss',
    validation: 'val/loss',
    better: 'low',
    verdict: 'overfit',
    reason: 'val/loss was best at step 40 (0.31) and is 0.42 by now, while train/loss fell to 0.1.',
    evidence: [
      { what: 'best', name: 'val/loss', step: 40, value: 0.31 },
      { what: 'now', name: 'val/loss', step: 100, value: 0.42 }
    ],
    ...change
  };
}

/** What the server says of the curves of a job. */
export function aDiagnosis(change: Partial<Diagnosis> = {}): Diagnosis {
  const finding = aFinding();
  return {
    verdict: finding.verdict,
    reason: finding.reason,
    findings: [finding],
    best: null,
    alerts: [],
    trouble: '',
    ...change
  };
}

/** A diagnosis that a test gives. */
export class FakeDiagnosis extends FakeFacts implements IDiagnosis {
  readonly views = new FakeShown();
  constructor(public value: Diagnosis | null = null) {
    super();
  }
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  say(value: Diagnosis): void {
    this.value = value;
    this.changed.emit();
  }
}

/** What a job kept, that a test gives; `contents` by name and step. */
export class FakeMedia extends FakeFacts implements IMedia {
  readonly views = new FakeShown();
  readonly contents = new Map<string, string>();
  trouble = '';
  constructor(public series: readonly MediaSeries[] = []) {
    super();
  }
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  read({ name }: MediaSeries, { step }: MediaPiece): Promise<string> {
    const text = this.contents.get(`${name}@${step}`);
    return text === undefined ? Promise.reject(new Error('It is gone.')) : Promise.resolve(text);
  }
  urlOf({ name }: MediaSeries, { step, index }: MediaPiece): string {
    return `/media/${name}/${step}/${index}`;
  }
  say(...series: MediaSeries[]): void {
    this.series = series;
    this.changed.emit();
  }
}
