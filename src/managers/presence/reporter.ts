import type { IWord, Visitor } from '../../api/state';
import { Pace } from '../state/pace';

/** Milliseconds between two words about moves, and between two that only say that the page is still there. */
const PERIOD = 100;
const HEARTBEAT = 5_000;

/** Says something of this page. */
export type Say = (word: IWord) => Promise<Visitor>;

/**
 * Says where this page is: what changes at most ten times a second, and everything every five seconds.
 *
 * One request is under way at a time. After one that failed everything is said again: who knows what arrived.
 */
export class Reporter {
  constructor(
    private readonly _say: Say,
    private readonly _said: (visitor: Visitor) => void
  ) {}

  get isRunning(): boolean {
    return this._heartbeat !== undefined;
  }

  /** How often it was started: what was said in an earlier visit may arrive after the goodbye. */
  get visit(): number {
    return this._visit;
  }

  start(): void {
    if (!this.isRunning) {
      this._visit++;
      this._heartbeat = window.setInterval(() => this.repeat(), HEARTBEAT);
      this.repeat();
    }
  }

  stop(): void {
    window.clearInterval(this._heartbeat);
    window.clearTimeout(this._timer);
    this._heartbeat = this._timer = undefined;
  }

  /** Something is another than before. */
  change(word: IWord): void {
    Object.assign(this._all, word);
    Object.assign(this._news, word);
    this._plan();
  }

  /** Say everything again. */
  repeat(): void {
    this.change(this._all);
  }

  private _plan(): void {
    const isIdle = this._timer === undefined && !this._isSending;
    if (this.isRunning && isIdle && Object.keys(this._news).length > 0) {
      this._timer = window.setTimeout(() => void this._send(), this._pace.wait);
    }
  }

  /** Never rejects. */
  private async _send(): Promise<void> {
    this._timer = undefined;
    const word = this._news;
    this._news = {};
    this._isSending = true;
    this._pace.begin();
    try {
      this._said(await this._say({ ...word, visit: this._visit }));
    } catch {
      this._news = { ...this._all }; // with the next heartbeat
      this._isSending = false;
      return;
    }
    this._isSending = false;
    this._plan();
  }

  private readonly _all: IWord = {};
  private _news: IWord = {};
  private readonly _pace = new Pace(PERIOD);
  private _visit = 0;
  private _heartbeat: number | undefined;
  private _timer: number | undefined;
  private _isSending = false;
}
