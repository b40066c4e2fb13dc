import type { IFollower } from '../../src/api';
import type {
  Columns,
  EventAction,
  NewStream,
  SourceTrial,
  Stream,
  StreamEvent
} from '../../src/api/streams';
import type { IMonitorParts } from '../../src/managers/streams/monitor';
import { MonitorModel } from '../../src/managers/streams/monitor';
import { SampleRing } from '../../src/managers/streams/ring';
import type { IStates } from '../../src/tokens/state';
import type {
  IKeptThresholds,
  ISamples,
  IStreamEvents,
  IStreams,
  IThresholdChange
} from '../../src/tokens/streams';
import type { IHandle } from '../../src/tokens/workbench';
import { FakeFacts } from './facts';
import { FakeShown } from './live';

/** The moment of the newest sample of `aLine`: that at which the pictures are taken. */
export const NOON = Date.parse('2026-11-21T12:00:00Z') / 1000;

export function aStream(change: Partial<Stream> = {}): Stream {
  return {
    id: 'line1',
    name: 'Press 4',
    source: { kind: 'simulated', rate: 10, seed: null, fields: {}, python: '' },
    seq: 86_400,
    rejected: {},
    bytes: 2_000_000,
    directory: '/data/streams/line1',
    backup_seconds: 300,
    alert: null,
    detectors: [],
    keep_days: null,
    keep_bytes: null,
    shared: true,
    owner: 'ann',
    created: '2026-11-20T10:00:00Z',
    state: 'running',
    reason: '',
    rate: 10,
    lag: 0.012,
    received: 86_400,
    time: NOON,
    job: 'j1',
    open_alarms: 0,
    last_alarm: null,
    window: 1000,
    ...change
  };
}

export function anEvent(change: Partial<StreamEvent> = {}): StreamEvent {
  return {
    id: 'e1',
    stream: 'line1',
    seq: 900,
    detector: '',
    notes: [],
    time: NOON - 40,
    value: 1.234,
    probability: 0.91,
    state: 'raised',
    by: '',
    comment: '',
    label: '',
    message: 'probability is over 0.5',
    ended: null,
    shelved_until: null,
    ...change
  };
}

/** Samples as a line gives them: a sine with a little noise, and a defect now and then. */
export function aLine(count: number, first = 1, rate = 10): Columns {
  const seq = Array.from({ length: count }, (_, index) => first + index);
  const noise = (at: number): number => ((Math.sin(at * 12.9898) * 43758.5453) % 1) / 12;
  const share = (at: number): number =>
    at % 97 < 5 ? 0.55 + (at % 7) / 16 : 0.08 + Math.abs(noise(at));
  return {
    seq,
    time: seq.map(at => NOON - (first + count - 1 - at) / rate),
    value: seq.map(at => Math.sin(at / 40) + noise(at) + (at % 97 < 5 ? 0.6 : 0)),
    probability: seq.map(share)
  };
}

/** The streams that a test sets, and the commands that a view gave. */
export class FakeStreams extends FakeFacts implements IStreams {
  list: Stream[] = [aStream()];
  pending = new Set<string>();
  mayControl = true;
  commands: unknown[][] = [];
  failure: Error | null = null;
  recorded: Columns = {};
  trial: SourceTrial = { messages: [], columns: [], reason: '' };

  find(key: string): Stream | undefined {
    return this.list.find(({ id, name }) => id === key || name === key);
  }
  isPending(id: string): boolean {
    return this.pending.has(id);
  }
  create(stream: NewStream): Promise<Stream> {
    return this._note(aStream({ id: 'new', name: stream.name }), 'create', stream);
  }
  start(id: string): Promise<void> {
    return this._note(undefined, 'start', id);
  }
  stop(id: string): Promise<void> {
    return this._note(undefined, 'stop', id);
  }
  remove(id: string): Promise<void> {
    return this._note(undefined, 'remove', id);
  }
  test(source: NewStream['source']): Promise<SourceTrial> {
    return this._note(this.trial, 'test', source);
  }
  history(id: string, from: number, to: number, points: number): Promise<Columns> {
    return this._note(this.recorded, 'history', id, from, to, points);
  }

  private _note<T>(answer: T, ...command: unknown[]): Promise<T> {
    this.commands.push(command);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}

/** The samples of a stream, to which a test adds. */
export class FakeSamples extends FakeFacts implements ISamples {
  readonly ring = new SampleRing();
  readonly views = new FakeShown();
  version = 0;
  heard = NOON * 1000;
  trouble = '';

  constructor(columns: Columns = {}) {
    super();
    this.ring.append(columns);
  }
  get length(): number {
    return this.ring.length;
  }
  get seq(): Float64Array {
    return this.ring.seq;
  }
  get time(): Float64Array {
    return this.ring.time;
  }
  get value(): Float64Array {
    return this.ring.value;
  }
  get probability(): Float64Array {
    return this.ring.probability;
  }
  get missed(): number {
    return this.ring.missed;
  }
  keep(count: number): void {
    this.ring.keep(count);
  }
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  add(columns: Columns): void {
    this.ring.append(columns);
    this.version++;
    this.changed.emit();
  }
}

/** The alarms of a stream, and what was done about them. */
export class FakeEvents extends FakeFacts implements IStreamEvents {
  readonly views = new FakeShown();
  pending = new Set<string>();
  acts: unknown[][] = [];
  failure: Error | null = null;

  constructor(public list: StreamEvent[] = []) {
    super();
  }
  isPending(event: string): boolean {
    return this.pending.has(event);
  }
  act(event: string, action: EventAction): Promise<void> {
    this.acts.push([event, action]);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
}

/** What a monitor is made of in a test. */
export interface IMonitorGiven {
  streams?: FakeStreams;
  samples?: FakeSamples;
  events?: FakeEvents;
  states?: IStates;
  kept?: Partial<IKeptThresholds>;
  onKept?: (kept: IKeptThresholds) => void;
}

/** What monitors share, of what is given. */
export function partsOf(given: IMonitorGiven): IMonitorParts {
  const handle = <T>(model: T): IHandle<T> => ({
    model,
    isDisposed: false,
    dispose: () => undefined
  });
  const samples = given.samples ?? new FakeSamples(aLine(1000));
  const events = given.events ?? new FakeEvents();
  return {
    streams: given.streams ?? new FakeStreams(),
    samples: { acquire: () => handle(samples) },
    events: { acquire: () => handle(events) },
    states: () => given.states!
  };
}

/** A view of the stream `line1`. */
export function aMonitor(given: IMonitorGiven = {}): MonitorModel {
  const kept = { changes: [], isShared: false, ...given.kept };
  const onKept = given.onKept ?? ((): void => undefined);
  return new MonitorModel(partsOf(given), 'line1', kept, onKept, () => NOON * 1000);
}

export function aChange(anomaly: number, time = 0, display = 0): IThresholdChange {
  return { time, anomaly, display };
}
