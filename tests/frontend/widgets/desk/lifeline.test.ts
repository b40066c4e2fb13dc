import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IKernel } from '../../../../src/widgets/desk/lifeline';
import { Lifeline } from '../../../../src/widgets/desk/lifeline';
import { FakeSaver } from '../../snapshots';
import { FakeConnection } from '../../support';

class FakeKernel implements IKernel {
  status = 'idle';
  connectionStatus = 'connected';
  reconnects = 0;
  readonly statusChanged = new Signal<this, unknown>(this);
  readonly connectionStatusChanged = new Signal<this, unknown>(this);

  reconnect(): Promise<void> {
    this.reconnects++;
    return Promise.reject(new Error('not yet'));
  }
  become(change: { status?: string; connectionStatus?: string }): void {
    Object.assign(this, change);
    this.statusChanged.emit(undefined);
  }
}

let connection: FakeConnection;
let kernel: FakeKernel;
let saver: FakeSaver;
let typed: boolean;
let isThere: boolean;
let asked: number;
let reload: ReturnType<typeof vi.fn>;
let line: Lifeline;

const exists = () => {
  asked++;
  return Promise.resolve(isThere);
};

beforeEach(() => {
  [isThere, asked] = [true, 0];
  vi.useFakeTimers();
  window.sessionStorage.clear();
  [connection, kernel, saver, typed] = [
    new FakeConnection(),
    new FakeKernel(),
    new FakeSaver(),
    false
  ];
  reload = vi.fn();
  line = new Lifeline(
    connection,
    kernel,
    { savers: () => [saver], isTyped: () => typed },
    exists,
    reload
  );
});
afterEach(() => {
  line.dispose();
  vi.useRealTimers();
});

const later = (seconds = 1) => vi.advanceTimersByTime(seconds * 1000);
const serverDies = () => {
  kernel.become({ connectionStatus: 'connecting' });
  connection.become('lost');
};

// proves: desk.banner
describe('what a page lives from', () => {
  it('is told when it is gone, and when it is back', async () => {
    const told: string[] = [];
    line.changed.connect(() => void told.push(line.life), told);
    serverDies();
    connection.become('open');
    await vi.advanceTimersByTimeAsync(0);
    expect([line.life, asked, kernel.reconnects]).toEqual(['server-gone', 1, 1]);
    kernel.become({ connectionStatus: 'connected' });
    expect(told).toEqual(['server-gone', 'well']);
  });

  it.each(['dead', 'terminating', 'restarting', 'autorestarting'])(
    'is gone with a kernel that is %s, also when another has taken its place',
    status => {
      kernel.become({ status });
      kernel.become({ status: 'idle' });
      expect(line.life).toBe('kernel-gone');
    }
  );

  it('is gone with the kernel that a server took along', async () => {
    isThere = false;
    serverDies();
    connection.become('open');
    await vi.advanceTimersByTimeAsync(0);
    expect([line.life, kernel.reconnects]).toEqual(['kernel-gone', 0]);
  });

  it('was gone before anybody looked', () => {
    kernel.status = 'dead';
    const late = new Lifeline(connection, kernel, null);
    expect(late.life).toBe('kernel-gone');
    late.dispose();
  });

  it('is the server alone where there is no kernel', () => {
    const alone = new Lifeline(connection, null, null);
    connection.become('lost');
    expect(alone.life).toBe('server-gone');
    connection.become('open');
    expect(alone.life).toBe('well');
    alone.dispose();
  });

  it('is also the session', () => {
    connection.become('refused');
    expect(line.life).toBe('refused');
  });

  it('costs nothing while it is there, and nothing afterwards', () => {
    expect(vi.getTimerCount()).toBe(0);
    kernel.become({ status: 'dead' });
    expect(vi.getTimerCount()).toBe(1);
    line.dispose();
    line.dispose();
    connection.become('lost');
    expect([vi.getTimerCount(), line.isDisposed, line.life]).toEqual([0, true, 'kernel-gone']);
  });
});

// proves: desk.go-on
describe('a page whose kernel is gone', () => {
  it('goes on by itself once the server is there and all is saved', () => {
    serverDies();
    saver.state = { kind: 'saving' };
    later(60);
    expect([reload.mock.calls.length, saver.flushes]).toEqual([0, []]);
    connection.become('open');
    kernel.become({ status: 'dead' });
    later();
    expect([reload.mock.calls.length, saver.flushes.length]).toEqual([0, 1]);
    saver.state = { kind: 'saved' };
    later();
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['what could not be saved', () => (saver.state = { kind: 'failed', reason: 'no' })],
    ['what nobody saves', () => (typed = true)],
    ['a page that nobody sees', () => vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)]
  ])('stays as it is with %s', (_, make) => {
    make();
    kernel.become({ status: 'dead' });
    later(100);
    expect(reload).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('stays as it is where nothing is saved by itself', () => {
    const plain = new Lifeline(
      connection,
      kernel,
      { savers: () => [], isTyped: () => false },
      exists,
      reload
    );
    line.dispose();
    kernel.become({ status: 'dead' });
    later(100);
    expect(reload).not.toHaveBeenCalled();
    plain.goOn();
    expect(reload).toHaveBeenCalledTimes(1);
    plain.dispose();
  });

  it('rests before it goes on by itself again', () => {
    window.sessionStorage.setItem('crispdm-went-on', String(Date.now()));
    kernel.become({ status: 'dead' });
    later(59);
    expect(reload).not.toHaveBeenCalled();
    later(2);
    expect(reload).toHaveBeenCalled();
  });

  it('goes on where the clock was set back since', () => {
    window.sessionStorage.setItem('crispdm-went-on', String(Date.now() + 3_600_000));
    kernel.become({ status: 'dead' });
    later(2);
    expect(reload).toHaveBeenCalled();
  });

  it('is left to Lab there', () => {
    const inLab = new Lifeline(connection, kernel, null, exists, reload);
    line.dispose();
    kernel.become({ status: 'dead' });
    inLab.goOn();
    later(100);
    expect([inLab.life, reload.mock.calls.length]).toEqual(['kernel-gone', 0]);
    inLab.dispose();
  });
});

// proves: desk.go-on
describe('who wants to go on', () => {
  it('does so at once when all is saved, and after a moment for what is not', () => {
    saver.state = { kind: 'saving' };
    kernel.become({ status: 'dead' });
    line.goOn();
    expect([reload.mock.calls.length, saver.flushes]).toEqual([0, [false]]);
    later(5);
    expect(reload).toHaveBeenCalled();
  });

  it('tries to reach the server, and goes on when it is there', () => {
    serverDies();
    line.goOn();
    expect(connection.tries).toBe(1);
    later(30);
    expect(reload).not.toHaveBeenCalled();
    connection.become('open');
    later();
    expect(reload).toHaveBeenCalled();
  });

  it('logs in again when the session has ended', () => {
    saver.state = { kind: 'failed', reason: 'Forbidden' };
    connection.become('refused');
    line.goOn();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
