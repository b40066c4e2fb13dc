import type { ApiClient, IFollower, LiveClient } from '../../api';
import { TableFold } from '../../api';
import type { EventAction, StreamEvent, StreamEventsFact } from '../../api/streams';
import { StreamsApi } from '../../api/streams';
import type { IStreamEvents } from '../../tokens/streams';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

type Events = TableFold<StreamEvent, StreamEventsFact>;

function newFold(): Events {
  return new TableFold(
    ({ id }: StreamEvent) => id,
    ({ events, event }: StreamEventsFact) => ({ whole: events, changed: event })
  );
}

/** The alarms of one stream, followed by the topic `streams/{id}/events` while somebody looks at them. */
export class EventsModel extends Facts implements IStreamEvents {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    private readonly _stream: string
  ) {
    super();
    this._api = new StreamsApi(api);
    this._topic = `streams/${_stream}/events`;
    this.own(
      _live.follow(this._topic, {
        fold: newFold,
        need: { isVisible: false },
        onData: ({ rows }: Events) => this._receive([...rows.values()]),
        onError: this.refused
      })
    );
  }

  get list(): readonly StreamEvent[] {
    return this._list;
  }

  isPending(event: string): boolean {
    return this._pending.has(event);
  }

  async act(event: string, action: EventAction): Promise<void> {
    await this._pending.run(event, () => this._api.act(this._stream, event, action));
    // The same word said twice changes nothing, and then no fact comes.
    this._pending.settle(event);
    this.emitChanged();
  }

  show(period: number | null = null): IFollower {
    return this._live.follow(this._topic, {
      fold: newFold,
      need: { period },
      onData: () => undefined
    });
  }

  private _receive(list: readonly StreamEvent[]): void {
    this._list = [...list].sort((a, b) => b.time - a.time);
    this.arrived();
  }

  private readonly _api: StreamsApi;
  private readonly _topic: string;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _list: readonly StreamEvent[] = [];
}
