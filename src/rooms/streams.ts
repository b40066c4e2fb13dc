import { SharedModels } from '../managers/basics/shared';
import { provide } from '../managers/basics/workbench';
import { EventsModel } from '../managers/streams/events';
import { StreamsManager } from '../managers/streams/manager';
import { Monitors } from '../managers/streams/monitor';
import { SamplesModel } from '../managers/streams/samples';
import { IStates } from '../tokens/state';
import { IEventsOfStreams, IMonitors, ISamplesOfStreams, IStreams } from '../tokens/streams';
import type { IRoom } from './room';

/** Streams of samples, and the monitor that shows one live. */
export const streamsRoom: IRoom = {
  name: 'streams',
  shares: [
    provide(IStreams, ({ api, connection }) => new StreamsManager(api, connection)),
    provide(
      ISamplesOfStreams,
      ({ connection }) => new SharedModels(id => new SamplesModel(connection, id))
    ),
    provide(
      IEventsOfStreams,
      ({ api, connection }) => new SharedModels(id => new EventsModel(api, connection, id))
    ),
    provide(
      IMonitors,
      workbench =>
        new Monitors({
          streams: workbench.get(IStreams),
          samples: workbench.get(ISamplesOfStreams),
          events: workbench.get(IEventsOfStreams),
          states: () => workbench.get(IStates)
        })
    )
  ],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/streams'),
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/streams')).streamPlugins
};
