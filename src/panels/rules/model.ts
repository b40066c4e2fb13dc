import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { MetricRules, RuleSet, RulesTried } from '../../api';
import { ApiError, messageOf } from '../../api';
import type { IRulesValues, RulesErrors } from '../../components/rules/editor';
import { suggest } from '../../components/rules/suggest';
import type { ILog } from '../../tokens/logs';
import type { IMetricRules } from '../../tokens/metrics';

const PAUSE_MILLISECONDS = 300;
/** As much of a log as rules are tried on: its last lines. */
const MOST_LINES = 400;
const MOST_CHARACTERS = 100_000;

/** What is needed of a log: its lines, and to hear of new ones. */
export type LinesOfLog = Pick<ILog, 'length' | 'line' | 'changed' | 'show'>;

/** Rules being edited, and what they find in the log that is looked at, as it grows. */
export class RulesModel implements IDisposable {
  constructor(
    private readonly _rules: IMetricRules,
    private readonly _log: LinesOfLog | null
  ) {
    this._later = new Debouncer(() => this._try(), PAUSE_MILLISECONDS);
    this._followed = _log?.show() ?? null;
    _log?.changed.connect(this._look, this);
    void this._load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get values(): IRulesValues {
    return this._values;
  }

  get errors(): RulesErrors {
    return this._errors;
  }

  /** What the rules find; null until it is known. */
  get tried(): RulesTried | null {
    return this._tried;
  }

  /** Whether the rules that are kept are here. */
  get isReady(): boolean {
    return this._revision !== null;
  }

  /** Whether there is no log to try them on: lines are typed then. */
  get isTyped(): boolean {
    return this._log === null;
  }

  /** The lines on which the rules are tried. */
  get text(): string {
    return this._log === null ? this._text : lastLines(this._log);
  }

  set text(text: string) {
    this._text = text;
    this._look();
    this._changed.emit();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(change: Partial<IRulesValues>): void {
    this._values = { ...this._values, ...change };
    this._errors = {};
    this._look();
    this._changed.emit();
  }

  /** Add a rule for lines like one. */
  pick(line: string): void {
    const template = suggest(line) || line.slice(0, MOST_TEMPLATE);
    const rules = this._values.rules.filter(rule => rule.template.trim() !== '');
    this.change({ rules: [...rules, { template, name: '' }] });
  }

  /** Keep the rules; null when they were refused, which the errors then tell. */
  async save(): Promise<MetricRules | null> {
    try {
      const kept = await this._rules.change({ ...this._whole(), base: this._revision });
      this._revision = kept.revision;
      return kept;
    } catch (error) {
      this._fail(error);
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._later.dispose();
    this._followed?.dispose();
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    try {
      const { revision, rules, ignore, automatic, trouble } = await this._rules.show();
      this._revision = revision;
      this._values = { rules, ignore: ignore.join(', '), automatic };
      this._errors = trouble === '' ? {} : { '': trouble };
      await this._try();
    } catch (error) {
      this._fail(error);
    }
  }

  private _look(): void {
    if (this.isReady) {
      void this._later.invoke();
    }
  }

  /** Ask what the rules find, unless they were changed again by the time of the answer. */
  private async _try(): Promise<void> {
    const { values } = this;
    try {
      const tried = await this._rules.tryOut(this._whole(), this.text);
      if (values === this._values) {
        this._tried = tried;
      }
    } catch (error) {
      if (values === this._values) {
        this._fail(error);
      }
    }
    this._emit();
  }

  /** The rules as they are sent: those that are empty are left out. */
  private _whole(): RuleSet {
    const { rules, ignore, automatic } = this._values;
    const names = ignore.split(',').map(name => name.trim());
    return {
      rules: rules.filter(({ template }) => template.trim() !== ''),
      ignore: names.filter(name => name !== ''),
      automatic
    };
  }

  /** Put the server's complaint beside the field that it names, with the number that it has here. */
  private _fail(error: unknown): void {
    const field = (error instanceof ApiError && error.field) || '';
    const number = /rules\[(\d+)\]/.exec(field)?.[1];
    const filled = this._values.rules.flatMap(({ template }, at) => (template.trim() ? [at] : []));
    const place =
      number === undefined
        ? field.startsWith('ignore')
          ? 'ignore'
          : ''
        : `rules[${filled[Number(number)]}].template`;
    this._errors = { [place]: messageOf(error) };
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _later: Debouncer;
  private readonly _followed: IDisposable | null;
  private _values: IRulesValues = { rules: [], ignore: '', automatic: true };
  private _errors: RulesErrors = {};
  private _tried: RulesTried | null = null;
  private _revision: number | null = null;
  private _text = '';
  private _isDisposed = false;
}

const MOST_TEMPLATE = 300;

function lastLines(log: LinesOfLog): string {
  const first = Math.max(0, log.length - MOST_LINES);
  const lines = Array.from({ length: log.length - first }, (_, at) => log.line(first + at));
  return lines.join('\n').slice(-MOST_CHARACTERS);
}
