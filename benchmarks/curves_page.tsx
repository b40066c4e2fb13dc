/** The page of bench_curves.py: the curves of one job, made of the product's own parts, with a server in a worker. */
import React from 'react';
import { createRoot } from 'react-dom/client';
import type { LiveClient, SeriesDelta } from '../src/api';
import { ApiClient } from '../src/api';
import { Coordinator } from '../src/api/live/coordinator';
import { readFrame } from '../src/api/live/frames';
import { TrackingApi } from '../src/api/tracking';
import { Curves } from '../src/components/curves/curves';
import { PLAIN_VIEW } from '../src/components/curves/view';
import { MetricsModel } from '../src/managers/metrics/metrics';

/** What is measured: which curves, how long they are at first, and how many messages come in which time. */
interface IRun {
  names: string[];
  points: number;
  messages: number;
  perSecond: number;
}

const TOPIC = 'jobs/1/metrics';

/** A server that logs a point of each curve at each tick of its clock. It encodes, so that the page only decodes. */
const SERVER = `
onmessage = ({ data: { names, points, messages, perSecond } }) => {
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < messages && performance.now() - begun >= (sent * 1000) / perSecond; sent++) {
      const step = points + sent;
      const series = {};
      names.forEach((name, at) => {
        const value = 1 / (1 + step / 1000) + 0.05 * Math.sin(step * 0.7 + at) + at / 100;
        series[name] = { step: [step], value: [value], time: [step / 60] };
      });
      postMessage(JSON.stringify({ topic: '${TOPIC}', seq: step + 1, epoch: 'a', data: { series, cursor: step + 1 } }));
    }
    if (sent === messages) {
      clearInterval(timer);
      postMessage('');
    }
  }, 1);
};`;

function manyPoints(count: number, at: number): SeriesDelta {
  const step = Array.from({ length: count }, (_, index) => index);
  const value = step.map(
    index => 1 / (1 + index / 1000) + 0.05 * Math.sin(index * 0.7 + at) + at / 100
  );
  return { step, value, time: step.map(index => index / 60) };
}

async function run({ names, points, messages, perSecond }: IRun): Promise<number> {
  const coordinator = new Coordinator({ send: () => undefined, onDemand: () => undefined });
  const receive = (text: string): void => {
    const frame = readFrame(text);
    if (frame) {
      coordinator.receive(frame);
    }
  };
  const metrics = new MetricsModel(
    coordinator as unknown as LiveClient,
    new TrackingApi(new ApiClient()),
    '1'
  );
  coordinator.opened();
  const host = document.getElementById('host') as HTMLElement;
  createRoot(host).render(<Curves metrics={metrics} view={PLAIN_VIEW} onView={() => undefined} />);
  await pause(100);
  const series = Object.fromEntries(names.map((name, at) => [name, manyPoints(points, at)]));
  receive(
    JSON.stringify({ topic: TOPIC, seq: points, epoch: 'a', data: { series, cursor: points } })
  );
  await pause(1500);
  const server = new Worker(URL.createObjectURL(new Blob([SERVER])));
  performance.mark('growth begins');
  let drawn = 0;
  const count = (): void => {
    drawn++;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  await new Promise<void>(done => {
    server.onmessage = ({ data }: MessageEvent<string>) => (data === '' ? done() : receive(data));
    server.postMessage({ names, points, messages, perSecond });
  });
  performance.mark('growth ends');
  const length = metrics.series.get(names[0])?.length ?? 0;
  if (length !== points + messages) {
    throw new Error(`${length} points, not ${points + messages}`);
  }
  return drawn;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, milliseconds));
}

Object.assign(window, { run });
