import { describe, expect, it } from 'vitest';
import type { IFollower, LogFact } from '../../../../src/api';
import { Coordinator, TableFold, ValueFold } from '../../../../src/api';
import type { IFrame } from '../../../../src/api/live/frames';
import { LogText } from '../../../../src/managers/logs/text';
import { CurvesFold } from '../../../../src/managers/metrics/metrics';
import { Choices } from '../../random';
import { bringsData, Log, Metrics, ServerEnd, Table, Value } from './server';

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed + 1);
const MOVES = 250;

type Row = { id: string; value: number };
type TableData = { rows?: Row[]; row?: Row; deleted?: string };

/** A page and a server, with a socket between them that is lost now and then, and much that happens at both ends. */
class World {
  readonly topics = {
    value: new Value(),
    table: new Table(),
    log: new Log(),
    metrics: new Metrics()
  };
  readonly names = Object.keys(this.topics) as (keyof typeof this.topics)[];
  readonly value = new ValueFold<{ value: number }>();
  readonly table = new TableFold<Row, TableData>(
    row => row.id,
    ({ rows, row, deleted }) => ({ whole: rows, changed: row, deleted })
  );
  readonly log = new LogText();
  readonly metrics = new CurvesFold();
  end: ServerEnd | null = null;
  doubles = 0;

  constructor(private readonly _choices: Choices) {
    this.names.forEach(name => this._followers.push(this._follow(name, false)));
  }

  /** One thing happens. */
  move(): void {
    const pick = this._choices.below(100);
    const name = this._choices.of(this.names);
    if (pick < 30) {
      this.topics[name].change(this._choices.below(1000));
    } else if (pick < 55) {
      this.end?.pump(name);
    } else if (pick < 65) {
      this.end?.obey();
    } else if (pick < 85) {
      this._deliver();
    } else if (pick < 88) {
      this._double();
    } else if (pick < 97) {
      this._change(name);
    } else {
      this._lose(pick === 99);
    }
  }

  /** Everything is seen, and nothing happens any more but that what was sent comes. */
  settle(): void {
    this.names.forEach(name => this._followers.push(this._follow(name, true)));
    this._connect();
    const end = this.end!;
    for (let isBusy = true; isBusy;) {
      const moved = [end.obey(), ...this.names.map(name => end.pump(name)), this._deliver()];
      isBusy = moved.some(Boolean);
    }
    this.doubles += end.doubles;
  }

  private readonly _coordinator = new Coordinator({
    send: command => this.end?.commands.push(command),
    onDemand: () => undefined
  });

  private _follow(name: keyof World['topics'], isVisible: boolean): IFollower {
    const need = { isVisible, period: this._choices.of([null, 1, 5]) };
    const fold = (): never => this[name] as never;
    return this._coordinator.follow(name, { fold, need, onData: () => undefined });
  }

  /** Somebody comes, goes, hides, or wants it more or less often. */
  private _change(name: keyof World['topics']): void {
    const others = this._followers.slice(this.names.length);
    const follower = this._choices.of(others);
    switch (this._choices.below(4)) {
      case 0:
        this._followers.push(this._follow(name, true));
        break;
      case 1:
        follower?.dispose();
        break;
      case 2:
        follower?.change({ isVisible: this._choices.below(2) === 0 });
        break;
      default:
        follower?.change({ period: this._choices.of([null, 1, 5]) });
    }
  }

  private _deliver(): boolean {
    const frame = this.end?.frames.shift();
    if (frame) {
      this._came = frame.left
        ? this._came.filter(({ topic }) => topic !== frame.topic)
        : this._came;
      this._came.push(...(bringsData(frame) ? [frame] : []));
      this._coordinator.receive(frame);
    }
    return frame !== undefined;
  }

  /** A message of the same subscription comes once more, late. */
  private _double(): void {
    const frame = this._choices.of(this._came);
    if (frame) {
      this._coordinator.receive(frame);
    }
  }

  /** What is on its way in a socket that is lost comes nowhere. */
  private _lose(isRestart: boolean): void {
    this.doubles += this.end?.doubles ?? 0;
    this.end = null;
    this._coordinator.closed();
    if (isRestart) {
      this.names.forEach(name => this.topics[name].restart());
    }
    this._connect();
  }

  private _connect(): void {
    if (this.end === null) {
      this._came = [];
      this.end = new ServerEnd(new Map(Object.entries(this.topics)));
      this._coordinator.opened();
    }
  }

  private readonly _followers: IFollower[] = [];
  /** What came of the subscriptions that are not over. */
  private _came: IFrame[] = [];
}

const textOf = ({ lines }: LogText): string =>
  Array.from({ length: lines.length }, (_, index) => lines.line(index)).join('\n');

describe('the live protocol', () => {
  it.each(SEEDS)('has the truth in the end, whatever is lost, late or doubled (%i)', seed => {
    const world = new World(new Choices(seed));
    for (let count = 0; count < MOVES; count++) {
      world.move();
    }
    world.settle();
    const { value, table, log, metrics } = world.topics;
    expect(world.value.value).toEqual({ value: value.value });
    expect([...world.table.rows.values()].map(row => `${row.id} ${row.value}`).sort()).toEqual(
      [...table.rows].map(([id, row]) => `${id} ${row.value}`).sort()
    );
    expect(textOf(world.log)).toBe(log.text.replace(/\n$/, ''));
    for (const name of ['loss', 'iou']) {
      expect([...(world.metrics.series.get(name)?.value ?? [])]).toEqual(metrics.values(name));
    }
    expect(world.doubles).toBe(0);
  });

  it('never shows a text that the log did not have', () => {
    const [log, fold] = [new Log(), new LogText()];
    const says = (data: Partial<LogFact>, isAnew = false): void =>
      fold.take({ text: '', start: 0, end: 0, ...data } as LogFact, isAnew);
    log.change(1);
    says({ text: log.text, start: 0, end: log.text.length }, true);
    says({ text: 'again', start: 0, end: 5 });
    expect(textOf(fold)).toBe('again');
    says({ text: '', start: 0, end: 0, ended: true });
    expect(textOf(fold)).toBe('again');
  });
});
