/** The page of bench_monitor.py: the monitor of one stream, made of the product's own parts, with a server in a worker. */
import React from 'react';
import { createRoot } from 'react-dom/client';
import type { ApiClient, LiveClient } from '../src/api';
import { Coordinator } from '../src/api/live/coordinator';
import { readFrame } from '../src/api/live/frames';
import { Monitor } from '../src/components/monitor/monitor';
import { SharedModels } from '../src/managers/basics/shared';
import { EventsModel } from '../src/managers/streams/events';
import { StreamsManager } from '../src/managers/streams/manager';
import { Monitors } from '../src/managers/streams/monitor';
import { SamplesModel } from '../src/managers/streams/samples';
import type { IStates } from '../src/tokens/state';
import type { ISamples } from '../src/tokens/streams';

/** What is measured: how many samples the window has, and how many come in which time. */
interface IRun {
  window: number;
  samples: number;
  perSecond: number;
}

/** How long frames took, in milliseconds, and how many samples the page has at the end. */
interface IMeasured {
  frames: number[];
  last: number;
}

/** A server that has a sample at each tick of its clock. It encodes, so that the page only decodes. */
const SERVER = `
onmessage = ({ data: { window, samples, perSecond } }) => {
  const sample = at => ({
    seq: [at], time: [1.8e9 + at / perSecond],
    value: [Math.sin(at / 60) + Math.random() / 8], probability: [at % 97 < 4 ? 0.9 : Math.random() / 3]
  });
  const join = parts => Object.fromEntries(
    Object.keys(parts[0]).map(name => [name, parts.flatMap(part => part[name])]));
  const say = (seq, columns) =>
    postMessage(JSON.stringify({ topic: 'streams/line', seq, epoch: 'a', data: { columns, seq } }));
  say(window, join(Array.from({ length: window }, (_, at) => sample(at + 1))));
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < samples && performance.now() - begun >= (sent * 1000) / perSecond; sent++) {
      const seq = window + sent + 1;
      say(seq, sample(seq));
    }
    if (sent === samples) {
      clearInterval(timer);
      postMessage('');
    }
  }, 1);
};`;

const STREAM = {
  id: 'line', name: 'line', source: null, state: 'running', reason: '', rate: 100, lag: 0.01, window: 1000,
  open_alarms: 0, last_alarm: null
};

function build(coordinator: Coordinator): { element: React.JSX.Element; samples: ISamples } {
  const live = coordinator as unknown as LiveClient;
  const api = { json: () => Promise.resolve({ role: 'viewer' }) } as unknown as ApiClient;
  const samples = new SharedModels(id => new SamplesModel(live, id));
  const monitor = new Monitors({
    streams: new StreamsManager(api, live),
    samples,
    events: new SharedModels(id => new EventsModel(api, live, id)),
    states: () => ({}) as IStates
  }).open('line', { changes: [], isShared: false }, () => undefined);
  const none = (): undefined => undefined;
  const props = { monitor, period: null, onPeriod: none, hasControls: true, mayControl: true };
  return { element: <Monitor {...props} />, samples: samples.acquire('line').model };
}

async function run(order: IRun): Promise<IMeasured> {
  const coordinator = new Coordinator({ send: () => undefined, onDemand: () => undefined });
  const receive = (text: string): void => {
    const frame = readFrame(text);
    if (frame) {
      coordinator.receive(frame);
    }
  };
  const { element, samples } = build(coordinator);
  coordinator.opened();
  receive(JSON.stringify({ topic: 'streams', seq: 1, data: { streams: [STREAM] } }));
  createRoot(document.getElementById('host') as HTMLElement).render(element);
  receive(JSON.stringify({ topic: 'streams/line/events', seq: 1, data: { events: [] } }));
  await new Promise(done => setTimeout(done, 500));
  const frames: number[] = [];
  let before = performance.now();
  const count = (now: number): void => {
    frames.push(now - before);
    before = now;
    requestAnimationFrame(count);
  };
  const server = new Worker(URL.createObjectURL(new Blob([SERVER])));
  performance.mark('growth begins');
  requestAnimationFrame(count);
  await new Promise<void>(done => {
    server.onmessage = ({ data }: MessageEvent<string>) => (data === '' ? done() : receive(data));
    server.postMessage(order);
  });
  performance.mark('growth ends');
  return { frames: frames.slice(2), last: samples.seq.at(-1) ?? 0 };
}

Object.assign(window, { run });
