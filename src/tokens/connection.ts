import type { ISignal } from '@lumino/signaling';
import type { LiveState } from '../api';

/** The state of the page's one connection. */
export interface IConnection {
  readonly state: LiveState;
  readonly stateChanged: ISignal<IConnection, LiveState>;
  reconnect(): void;
}
