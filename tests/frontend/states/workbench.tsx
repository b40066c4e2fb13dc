import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import React, { useLayoutEffect, useRef } from 'react';
import type { Job } from '../../../src/api';
import { IEnvironments } from '../../../src/tokens/environments';
import type { ILog } from '../../../src/tokens/logs';
import { ILogs } from '../../../src/tokens/logs';
import type { IDiagnosis } from '../../../src/tokens/diagnosis';
import { IDiagnosisOfJobs } from '../../../src/tokens/diagnosis';
import type { IMetrics } from '../../../src/tokens/metrics';
import { ILatestMetrics, IMetricsOfJobs } from '../../../src/tokens/metrics';
import { IModels } from '../../../src/tokens/models';
import { ISchedules } from '../../../src/tokens/schedules';
import { IPresence } from '../../../src/tokens/state';
import { IStates } from '../../../src/tokens/state';
import type { IHandle, IWorkbench } from '../../../src/tokens/workbench';
import type { Curve } from '../../../src/managers/metrics/curve';
import { FakeDiagnosis } from '../diagnosis';
import type { FakeFacts } from '../facts';
import { aCurve, FakeMetrics as LiveMetrics } from '../live';
import { FakeSchedules } from '../schedules';
import { FakePresence, FakeStates } from '../shared';
import {
  aJob,
  anEnvironment,
  fakeWorkbench,
  type FakeConnection,
  FakeEnvironments,
  FakeJobs,
  FakeLatest,
  FakeLog,
  FakeModels
} from '../support';
import { NOW, times } from './scene';

export const commands = new CommandRegistry();

export const quiet = (): void => undefined;

/** Facts that have not come, or that the server refused. */
export function waiting<T extends FakeFacts | FakeSchedules>(facts: T): T {
  facts.isReady = false;
  return facts;
}
export function refused<T extends FakeFacts | FakeSchedules>(facts: T, error = REFUSAL): T {
  facts.error = error;
  return facts;
}

export const REFUSAL = 'You may not see this: it needs the role “analyst”.';

export function jobsOf(...list: Job[]): FakeJobs {
  return Object.assign(new FakeJobs(), { list });
}

/** One job of each state, as an ordinary morning leaves them. */
export function morning(): Job[] {
  const at = (minutes: number): string =>
    new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
  const over = { started: at(90), ended: at(48) };
  return [
    aJob({
      id: 'run',
      name: 'U-Net on handwriting',
      environment: 'vision',
      created: at(12),
      started: at(12),
      progress: { done: 34, total: 80, message: 'epoch 35, loss 0.0831' },
      resources: { cpu_percent: 387, memory_bytes: 3.2 * 2 ** 30 },
      tags: ['handwriting', 'u-net'],
      parameters: { lr: 0.001, batch: 32 }
    }),
    aJob({
      id: 'ask',
      name: 'label by hand',
      created: at(20),
      started: at(20),
      waiting_for_input: at(3)
    }),
    aJob({
      id: 'still',
      name: 'convert scans',
      created: at(40),
      started: at(39),
      stalled: at(15),
      progress: { done: 1200, total: null, message: '' }
    }),
    aJob({
      id: 'wait',
      name: 'evaluate',
      state: 'queued',
      started: null,
      created: at(5),
      reason: 'waits for “U-Net on handwriting”',
      after: ['run']
    }),
    aJob({ id: 'stop', name: 'export', state: 'stopping', created: at(6), started: at(6) }),
    aJob({
      id: 'bad',
      name: 'train on all pages',
      state: 'failed',
      created: at(91),
      exit_code: 1,
      reason: 'exited with code 1: CUDA out of memory',
      tags: ['handwriting'],
      parameters: { lr: 0.01, batch: 256 },
      ...over
    }),
    aJob({
      id: 'good',
      name: 'train on ten pages',
      environment: 'vision',
      state: 'succeeded',
      created: at(95),
      exit_code: 0,
      reason: 'succeeded',
      parameters: { lr: 0.001, batch: 64 },
      ...over
    }),
    aJob({
      id: 'gone',
      name: 'crawl',
      state: 'lost',
      created: at(300),
      reason: 'the machine was restarted',
      ...over
    }),
    aJob({
      id: 'done',
      name: 'old attempt',
      state: 'stopped',
      owner: 'bo',
      via: 'nightly',
      created: at(400),
      ...over
    })
  ];
}

/** A thousand jobs of all states. */
export function thousand(): Job[] {
  const some = morning();
  return times(1000, index => ({
    ...some[index % some.length],
    id: `j${index}`,
    name: `run ${index}`
  }));
}

export function someEnvironments(): FakeEnvironments {
  const kernel = { name: '', ready: false, reason: 'It has no ipykernel.', old: false };
  const facts = new FakeEnvironments();
  facts.list = [
    anEnvironment(),
    anEnvironment({
      id: 'vision',
      name: 'vision',
      kind: 'venv',
      prefix: '/work/vision/.venv',
      removable: true
    }),
    anEnvironment({
      id: 'text',
      name: 'text',
      kind: 'uv',
      version: '3.12.4',
      prefix: '/work/text/.venv',
      kernel
    }),
    anEnvironment({
      id: 'weather',
      name: 'weather',
      kind: 'conda',
      version: '3.10.9',
      prefix: '/opt/conda/envs/weather'
    }),
    anEnvironment({
      id: 'broken',
      name: 'broken',
      kind: 'venv',
      version: '',
      prefix: '/work/broken/.venv',
      usable: false,
      reason: 'Its Python is gone: /usr/bin/python3.8',
      kernel
    }),
    anEnvironment({
      id: 'old',
      name: 'Python 3.9.18',
      kind: 'pyenv',
      version: '3.9.18',
      prefix: '/opt/pyenv/3.9.18',
      kernel
    })
  ];
  return facts;
}

/** Curves that a test makes. */
export class FakeMetrics extends LiveMetrics {
  constructor(curves: ReadonlyMap<string, Curve> = new Map()) {
    super();
    curves.forEach((curve, name) => this.series.set(name, curve));
  }
}

/** A curve that falls, or rises, as those of a training do. */
export function curve(points: number, start: number, end: number): Curve {
  const step = times(points, index => index);
  const value = step.map(
    at => end + (start - end) * Math.exp((-5 * at) / points) + 0.02 * Math.sin(at)
  );
  return aCurve(value, step);
}

export function training(points = 80): FakeMetrics {
  return new FakeMetrics(
    new Map([
      ['train/loss', curve(points, 1.4, 0.08)],
      ['val/loss', curve(points, 1.5, 0.19)],
      ['accuracy', curve(points, 0.2, 0.94)]
    ])
  );
}

/** Lines as a training prints them, in its colours. */
export function someLines(): string[] {
  return [
    '\x1b[1mReading 1,200 pages of handwriting\x1b[0m',
    ...times(
      24,
      at =>
        `epoch ${at}  loss ${(1.4 * 0.9 ** at).toFixed(4)}  val ${(1.5 * 0.91 ** at).toFixed(4)}`
    ),
    '\x1b[33mWarning: the learning rate was halved\x1b[0m',
    '\x1b[31mError\x1b[0m: page 17 cannot be read, it is left out',
    '\x1b[32msaved\x1b[0m model.pt'
  ];
}

/** What the parts of a workbench are, where a state gives them. */
export interface IGiven {
  jobs?: FakeJobs;
  environments?: FakeEnvironments;
  models?: FakeModels;
  schedules?: FakeSchedules;
  connection?: FakeConnection;
  latest?: FakeLatest;
  log?: ILog;
  metrics?: (job: string) => IMetrics;
  diagnosis?: IDiagnosis;
  states?: IStates;
  presence?: IPresence;
}

/** Gives a workbench one part more. */
export type Share = ReturnType<typeof fakeWorkbench>['share'];

/** A workbench of what is given. */
export function workbenchOf(
  given: IGiven,
  shares: (share: Share) => void = () => undefined
): IWorkbench {
  const { workbench, share } = fakeWorkbench(given.jobs ?? new FakeJobs());
  const handle = <T,>(model: T): IHandle<T> => ({ model, isDisposed: false, dispose: quiet });
  share(IEnvironments, given.environments ?? someEnvironments());
  share(IModels, given.models ?? new FakeModels());
  share(ILatestMetrics, given.latest ?? new FakeLatest());
  share(ISchedules, given.schedules ?? new FakeSchedules());
  share(IStates, given.states ?? new FakeStates());
  share(IPresence, given.presence ?? new FakePresence());
  share(ILogs, { acquire: () => handle(given.log ?? new FakeLog(someLines())) });
  share(IMetricsOfJobs, { acquire: job => handle(given.metrics?.(job) ?? new FakeMetrics()) });
  share(IDiagnosisOfJobs, { acquire: () => handle(given.diagnosis ?? new FakeDiagnosis()) });
  shares(share);
  return { ...workbench, connection: given.connection ?? workbench.connection };
}

/** A Lumino widget, such as a dialog, in the place of a React element. */
export function Lumino(props: { make: () => Widget }): React.JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const made = useRef(props.make);
  useLayoutEffect(() => {
    const widget = made.current();
    Widget.attach(widget, host.current!);
    return () => widget.dispose();
  }, []);
  return <div ref={host} style={{ height: '100%' }} />;
}

/** Type into the field of a label, as React hears it. */
export function type(root: HTMLElement, label: string, text: string): void {
  const field = root.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!;
  set?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Press the first button that says this. */
export function press(root: HTMLElement, text: string): void {
  const button = [...root.querySelectorAll('button')].find(
    one => one.textContent === text || one.getAttribute('aria-label') === text
  );
  button!.click();
}
