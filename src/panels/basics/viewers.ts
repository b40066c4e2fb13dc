import type { IFollower } from '../../api';
import type { IShown } from '../../tokens/facts';

/** Who shows something now: what is done for readers is not done while there are none. */
export class Viewers implements IShown {
  /** `onSeen` is called when somebody shows what nobody showed. */
  constructor(private readonly _onSeen: () => void) {}

  get isSeen(): boolean {
    return this._count > 0;
  }

  show(): IFollower {
    this._count++;
    if (this._count === 1) {
      this._onSeen();
    }
    let isDisposed = false;
    const dispose = (): void => {
      this._count -= isDisposed ? 0 : 1;
      isDisposed = true;
    };
    return {
      get isDisposed() {
        return isDisposed;
      },
      change: () => undefined,
      dispose
    };
  }

  private _count = 0;
}
