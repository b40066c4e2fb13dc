import type { Diagnosis, DiagnosisFact, IFollower, LiveClient } from '../../api';
import { ValueFold } from '../../api';
import type { IDiagnosis } from '../../tokens/diagnosis';
import { Facts } from '../basics/facts';

type Newest = ValueFold<DiagnosisFact>;

/** What the curves of one job say, followed by the topic `jobs/{id}/diagnosis` while somebody looks at it. */
export class DiagnosisModel extends Facts implements IDiagnosis {
  constructor(
    private readonly _live: LiveClient,
    job: string
  ) {
    super();
    this._topic = `jobs/${job}/diagnosis`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new ValueFold<DiagnosisFact>(),
        need: { isVisible: false },
        onData: ({ value }: Newest) => {
          this._value = value?.diagnosis ?? null;
          this.arrived();
        },
        onError: this.refused
      })
    );
  }

  get value(): Diagnosis | null {
    return this._value;
  }

  show(period: number | null = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new ValueFold<DiagnosisFact>(),
      need: { period },
      onData: () => undefined
    });
  }

  private readonly _topic: string;
  private _value: Diagnosis | null = null;
}
