import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Alert, IFollower } from '../../api';
import { messageOf } from '../../api';
import type { IAlertFields } from '../../components/alerts/values';
import { alertFields, readAlerts } from '../../components/alerts/values';
import type { IDiagnosis } from '../../tokens/diagnosis';
import type { IJobs } from '../../tokens/jobs';
import type { IMetrics } from '../../tokens/metrics';

/** The rules of a job as they are being changed, and which of them were raised, as that is told. */
export class AlertsModel implements IDisposable {
  constructor(private readonly _options: AlertsModel.IOptions) {
    const { diagnosis, metrics } = _options;
    this._followed = diagnosis.show();
    diagnosis.changed.connect(this._emit, this);
    metrics.changed.connect(this._onMetrics, this);
    this._onMetrics();
    void this._load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the rules that are watched for are here. */
  get isReady(): boolean {
    return this._isReady;
  }

  get fields(): readonly IAlertFields[] {
    return this._fields;
  }

  /** What is wrong; empty when nothing is. */
  get error(): string {
    return this._error;
  }

  /** The metrics that the job has logged. */
  get metrics(): readonly string[] {
    return this._metrics;
  }

  /** For each rule the alert that it raised, unless it was changed since; else null. */
  get raised(): readonly (Alert | null)[] {
    const alerts = this._options.diagnosis.value?.alerts ?? this._known;
    const raised = new Map(
      alerts.filter(one => one.raised).map(one => [keyOf(alertFields([one.rule])[0]), one])
    );
    return this._fields.map(one => raised.get(keyOf(one)) ?? null);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(fields: readonly IAlertFields[]): void {
    this._fields = fields;
    this._error = '';
    this._emit();
  }

  /** Watch for these rules from now on; null when they were refused, which the error then tells. */
  async save(): Promise<readonly Alert[] | null> {
    const { jobs, id, trans } = this._options;
    const read = readAlerts(this._fields, trans);
    if (!this._isReady) {
      return null; // what is not known yet must not be thrown away
    }
    if ('error' in read) {
      this._fail(read.error);
      return null;
    }
    try {
      return await jobs.setAlerts(id, read.rules);
    } catch (error) {
      this._fail(messageOf(error));
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    const { diagnosis, metrics } = this._options;
    diagnosis.changed.disconnect(this._emit, this);
    metrics.changed.disconnect(this._onMetrics, this);
    this._followed.dispose();
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    const { jobs, id } = this._options;
    try {
      this._known = await jobs.alerts(id);
      this._fields = alertFields(this._known.map(({ rule }) => rule));
      this._isReady = true;
      this._emit();
    } catch (error) {
      this._fail(messageOf(error));
    }
  }

  private _onMetrics(): void {
    const names = [...this._options.metrics.series.keys()].sort();
    if (names.length !== this._metrics.length) {
      this._metrics = names;
      this._emit();
    }
  }

  private _fail(error: string): void {
    this._error = error;
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _followed: IFollower;
  private _known: readonly Alert[] = [];
  private _fields: readonly IAlertFields[] = [];
  private _metrics: readonly string[] = [];
  private _error = '';
  private _isReady = false;
  private _isDisposed = false;
}

/** The same for fields that say the same. */
function keyOf({ metric, when, value, patience, unit, better, least, then }: IAlertFields): string {
  return JSON.stringify([metric, when, value, patience, unit, better, least, then]);
}

export namespace AlertsModel {
  /** What is needed of a job. */
  export interface IOptions {
    id: string;
    jobs: Pick<IJobs, 'alerts' | 'setAlerts'>;
    diagnosis: IDiagnosis;
    metrics: Pick<IMetrics, 'series' | 'changed'>;
    trans: TranslationBundle;
  }
}
