import { Token } from '@lumino/coreutils';
import { describe, expect, it, vi } from 'vitest';
import { Workbench, provide } from '../../../../src/managers/basics/workbench';
import { ROOMS } from '../../../../src/rooms';
import { IEnvironments } from '../../../../src/tokens/environments';
import { IJobs } from '../../../../src/tokens/jobs';
import { ILogs } from '../../../../src/tokens/logs';
import { IMetricsOfJobs } from '../../../../src/tokens/metrics';
import { IModels } from '../../../../src/tokens/models';
import { FakeSocket, fakeServer, json } from '../../support';

const settings = () => fakeServer(() => json({})).settings;

describe('Workbench', () => {
  it('is one for the page, with one socket', () => {
    FakeSocket.made = [];
    const providers = ROOMS.flatMap(({ shares = [] }) => shares);
    const workbench = Workbench.shared(providers, settings());
    expect(Workbench.shared([], settings())).toBe(workbench);
    expect(workbench.get(IJobs)).toBe(workbench.get(IJobs));
    const logs = workbench.get(ILogs);
    expect(logs.acquire('j1').model).toBe(logs.acquire('j1').model);
    workbench.get(IMetricsOfJobs).acquire('j1');
    expect(workbench.get(IModels).isReady || workbench.get(IEnvironments).isReady).toBe(false);
    expect(FakeSocket.made).toHaveLength(1);
    workbench.connection.dispose();
  });

  it('makes what a room shares when it is first asked for, once', () => {
    const INumber = new Token<number>('test:INumber');
    const make = vi.fn(() => 7);
    const workbench = new Workbench([provide(INumber, make)], settings());
    expect(make).not.toHaveBeenCalled();
    expect([workbench.get(INumber), workbench.get(INumber)]).toEqual([7, 7]);
    expect(make.mock.calls).toEqual([[workbench]]);
  });

  it('lets one room ask for what another shares', () => {
    const [IOne, ITwo] = [new Token<number>('test:IOne'), new Token<number>('test:ITwo')];
    const providers = [provide(ITwo, page => page.get(IOne) + 1), provide(IOne, () => 1)];
    expect(new Workbench(providers, settings()).get(ITwo)).toBe(2);
  });

  it('says which token nobody provides, and which two rooms provide', () => {
    const INothing = new Token<object>('jupyter-crispdm:INothing');
    const again = provide(INothing, () => ({}));
    expect(() => new Workbench([], settings()).get(INothing)).toThrow(
      'No room provides jupyter-crispdm:INothing.'
    );
    expect(() => new Workbench([again, again], settings())).toThrow(
      'jupyter-crispdm:INothing is provided twice.'
    );
  });
});
