import { Signal } from '@lumino/signaling';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { IFold, IFollower, IFollowOptions, LiveClient, LiveState } from '../../../../src/api';
import { Coordinator } from '../../../../src/api';
import type { StateApi, TextChange } from '../../../../src/api/state';
import { fromBase64, toBase64 } from '../../../../src/api/state';
import { SharedTextModel } from '../../../../src/managers/state/text';

/** What becomes of a request: it is lost on its way, its answer is, or both arrive. */
export type Fate = 'lost' | 'unanswered' | 'arrives';

/** A server of one text, as the real one: what it has merged is a log, numbered anew now and then. */
export class TextServer {
  epoch = 1;
  log: Uint8Array[] = [];
  doc = new Doc();
  readonly pages: TextPage[] = [];

  constructor() {
    this._listen();
  }

  get text(): string {
    return this.doc.getText('text').toJSON();
  }

  take(update: Uint8Array): TextChange {
    applyUpdate(this.doc, update);
    this.pages.forEach(page => page.tell());
    return { seq: this.log.length, state: toBase64(encodeStateVector(this.doc)) };
  }

  /** Many updates become one. */
  shorten(): void {
    this.epoch++;
    this.log = [encodeStateAsUpdate(this.doc)];
    this.pages.forEach(page => page.tell());
  }

  /** Come back from a backup that is older than what was answered. */
  restore(count: number): void {
    const kept = this.log.slice(0, count);
    this.doc = new Doc();
    this.log = [];
    this._listen();
    kept.forEach(update => applyUpdate(this.doc, update));
    this.epoch++;
    this.pages.forEach(page => page.tell());
  }

  private _listen(): void {
    this.doc.on('update', (update: Uint8Array) => this.log.push(update));
  }
}

/** One page that writes, and its connection, which a test cuts. */
export class TextPage {
  readonly stateChanged = new Signal<this, LiveState>(this);
  state: LiveState = 'open';
  /** What becomes of the next requests. */
  fate: () => Fate = () => 'arrives';
  /** Milliseconds until an answer comes. */
  delay: () => number = () => 0;
  requests = 0;
  keptAlive = 0;
  refusal: Error | null = null;

  constructor(readonly server: TextServer) {
    server.pages.push(this);
    this.model = new SharedTextModel(
      { write: this._write, text: this._text } as unknown as StateApi,
      this as unknown as LiveClient,
      'notes',
      'mine'
    );
    this.coordinator.opened();
  }

  readonly coordinator = new Coordinator({
    send: command => {
      if ('unsubscribe' in command) {
        this.coordinator.receive({ topic: command.unsubscribe, left: true });
      } else if ('subscribe' in command) {
        const isHere = 'epoch' in command && command.epoch === String(this.server.epoch);
        this._at = isHere && command.since !== null ? command.since : null;
        this._isReset = !isHere && 'epoch' in command;
        this._asked = true;
        queueMicrotask(() => this.tell());
      }
    },
    onDemand: () => undefined
  });

  readonly model: SharedTextModel;

  follow<F extends IFold<D>, D>(topic: string, options: IFollowOptions<F, D>): IFollower {
    return this.coordinator.follow(topic, options);
  }

  get text(): string {
    return this.model.text.toJSON();
  }

  /** Tell what the page does not know. */
  tell(): void {
    const { server } = this;
    if (!this._asked || this.state !== 'open') {
      return;
    }
    const isReset = this._isReset || (this._told !== null && this._told !== server.epoch);
    const start = isReset || this._at === null ? 0 : this._at;
    if (!isReset && this._at === server.log.length) {
      return;
    }
    const updates = server.log.slice(start).map(toBase64);
    [this._at, this._told, this._isReset] = [server.log.length, server.epoch, false];
    this.coordinator.receive({
      topic: 'state/notes/text',
      seq: this._at,
      epoch: String(server.epoch),
      data: { start, updates, ...(isReset && { reset: true }) }
    });
  }

  cut(): void {
    this.state = 'lost';
    this._asked = false;
    this.coordinator.closed();
    this.stateChanged.emit('lost');
  }

  mend(): void {
    this.state = 'open';
    this._told = null;
    this.coordinator.opened();
    this.stateChanged.emit('open');
  }

  private readonly _write = async (
    _key: string,
    update: string,
    _session: string,
    isKept: boolean
  ): Promise<TextChange> => {
    this.requests++;
    this.keptAlive += Number(isKept);
    if (this.refusal) {
      throw this.refusal;
    }
    const fate = this.state === 'open' ? this.fate() : 'lost';
    await later(this.delay());
    if (fate === 'lost') {
      throw new TypeError('Failed to fetch');
    }
    const answer = this.server.take(fromBase64(update));
    await later(this.delay());
    if (fate === 'unanswered') {
      throw new TypeError('Failed to fetch');
    }
    return answer;
  };

  private readonly _text = async (): Promise<{ update: string }> => {
    await later(this.delay());
    return { update: toBase64(encodeStateAsUpdate(this.server.doc)) };
  };

  private _at: number | null = null;
  private _told: number | null = null;
  private _isReset = false;
  private _asked = false;
}

function later(milliseconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, milliseconds));
}
