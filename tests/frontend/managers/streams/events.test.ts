import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { EventsModel } from '../../../../src/managers/streams/events';
import { anEvent } from '../../streams';
import { fakeServer, FakeLive, json } from '../../support';

const TOPIC = 'streams/line1/events';

function events(status = 200) {
  const live = new FakeLive();
  const { settings, asked } = fakeServer(() => json({ message: 'No.' }, status));
  const model = new EventsModel(new ApiClient(settings), live.asClient, 'line1');
  model.show();
  return { model, live, asked };
}

describe('EventsModel', () => {
  // proves: monitor.events
  it('has the alarms, the newest first, each as it is now', () => {
    const { model, live } = events();
    live.say(TOPIC, 1, { events: [anEvent(), anEvent({ id: 'e2', time: 9e9 })] });
    expect(model.list.map(({ id }) => id)).toEqual(['e2', 'e1']);
    live.say(TOPIC, 2, { event: anEvent({ state: 'acknowledged', by: 'ann' }) });
    expect(model.list.map(({ state }) => state)).toEqual(['raised', 'acknowledged']);
  });

  it('says what somebody does, and changes nothing by itself', async () => {
    const { model, live, asked } = events();
    live.say(TOPIC, 1, { events: [anEvent()] });
    const done = model.act('e1', { action: 'shelve', seconds: 600, comment: 'known' });
    expect(model.isPending('e1')).toBe(true);
    await done;
    expect([model.isPending('e1'), model.list[0].state]).toEqual([false, 'raised']);
    expect([asked[0].path, asked[0].body]).toEqual([
      '/base/crispdm/api/streams/line1/events/e1',
      { action: 'shelve', seconds: 600, comment: 'known' }
    ]);
  });

  it('tells why it was refused', async () => {
    const { model } = events(403);
    await expect(model.act('e1', { action: 'clear' })).rejects.toThrow('No.');
    expect(model.isPending('e1')).toBe(false);
  });
});
