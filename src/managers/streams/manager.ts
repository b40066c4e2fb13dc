import type { ApiClient, LiveClient } from '../../api';
import { TableFold } from '../../api';
import type { Columns, NewStream, SourceTrial, Stream, StreamsFact } from '../../api/streams';
import { StreamsApi } from '../../api/streams';
import type { IStreams } from '../../tokens/streams';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

type Streams = TableFold<Stream, StreamsFact>;

/** The streams of the server, kept up to date by the topic `streams`. */
export class StreamsManager extends Facts implements IStreams {
  constructor(api: ApiClient, live: LiveClient) {
    super();
    this._api = new StreamsApi(api);
    this.own(
      live.follow('streams', {
        fold: (): Streams =>
          new TableFold(
            ({ id }: Stream) => id,
            ({ streams, stream, deleted }: StreamsFact) => ({
              whole: streams,
              changed: stream,
              deleted
            })
          ),
        onData: ({ rows }: Streams, fact: StreamsFact | null) =>
          this._receive([...rows.values()], fact),
        onError: this.refused
      })
    );
  }

  get list(): readonly Stream[] {
    return this._list;
  }

  get mayControl(): boolean {
    return this._mayControl;
  }

  find(key: string): Stream | undefined {
    return this._list.find(({ id }) => id === key) ?? this._list.find(({ name }) => name === key);
  }

  isPending(id: string): boolean {
    return this._pending.has(id);
  }

  create(stream: NewStream): Promise<Stream> {
    return this._api.create(stream);
  }

  start(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.start(id));
  }

  stop(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.stop(id));
  }

  remove(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.remove(id));
  }

  test(source: NewStream['source']): Promise<SourceTrial> {
    return this._api.test(source);
  }

  history(id: string, from: number, to: number, points: number): Promise<Columns> {
    return this._api.history(id, from, to, points);
  }

  /** Ask once, when there is something to start and stop; without an answer, again with the next fact. */
  private async _askRole(): Promise<void> {
    if (this._isAsked) {
      return;
    }
    this._isAsked = true;
    try {
      this._mayControl = (await this._api.role()) !== 'viewer';
      this.emitChanged();
    } catch {
      this._isAsked = false; // until then nobody is offered what the server may refuse
    }
  }

  /** A command is over when what it was for is another than before; that a rate changed is no answer to it. */
  private _receive(list: readonly Stream[], fact: StreamsFact | null): void {
    const { stream, deleted } = fact ?? {};
    const before = stream && this._list.find(({ id }) => id === stream.id);
    if (stream && stream.state !== before?.state) {
      this._pending.settle(stream.id);
    } else if (!stream) {
      [...this._list, ...list].forEach(({ id }) => this._pending.settle(id));
    }
    if (deleted !== undefined) {
      this._pending.settle(deleted);
    }
    this._list = [...list].sort((a, b) => a.name.localeCompare(b.name));
    this.arrived();
    void this._askRole();
  }

  private readonly _api: StreamsApi;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _list: readonly Stream[] = [];
  private _mayControl = false;
  private _isAsked = false;
}
