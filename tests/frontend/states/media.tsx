import React from 'react';
import type { MediaPiece, MediaSeries } from '../../../src/api';
import { MediaGallery } from '../../../src/components/media/gallery';
import { aPiece, keptAs } from '../components/media/pieces';
import { FakeMedia } from '../diagnosis';
import { IMediaOfJobs } from '../../../src/tokens/metrics';
import { MediaView } from '../../../src/widgets/tracking';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import { widget } from './widgets';

/** A picture of squares, as a browser draws it without a server. */
function picture(hue: number, width = 96, height = 72): string {
  const squares = times(12, at => {
    const [x, y] = [(at % 4) * 24, Math.floor(at / 4) * 24];
    return `<rect x="${x}" y="${y}" width="24" height="24" fill="hsl(${hue + at * 12} 55% 60%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 72" width="${width}" height="${height}">`;
  return `data:image/svg+xml,${encodeURIComponent(`${svg}${squares.join('')}</svg>`)}`;
}

const CONTENT: Readonly<Record<string, string>> = {
  'layer1/weights': JSON.stringify({
    edges: times(25, at => (at - 12) / 4),
    counts: times(24, at => Math.round(900 * Math.exp(-(((at - 11.5) / 5) ** 2)))),
    mean: 0.0125,
    std: 0.84,
    nan: 3
  }),
  confusion: JSON.stringify({
    columns: ['', 'cat', 'dog', 'bird'],
    rows: [
      ['cat', 52, 3, 0.0],
      ['dog', 4, 47, 1],
      ['bird', null, 2, 58]
    ]
  }),
  generated: 'Once upon a time\nthere was a loss that went down.',
  long: JSON.stringify({
    columns: [LONG, 'value'],
    rows: times(300, at => [`${LONG} ${at}`, at / 7])
  }),
  broken: 'no JSON',
  'no numbers': '{"edges": [], "counts": [], "nan": 5}'
};

const read = (series: MediaSeries): Promise<string> =>
  series.name === 'gone'
    ? Promise.reject(new Error('The run has kept no such piece.'))
    : Promise.resolve(CONTENT[series.name] ?? LONG.repeat(20));

function gallery(...media: MediaSeries[]): IScene['element'] {
  const urlOf = (_: MediaSeries, piece: MediaPiece): string =>
    picture(piece.step * 40 + piece.index * 90, piece.width ?? 320, piece.height ?? 240);
  return () => <MediaGallery media={media} urlOf={urlOf} read={read} />;
}

const SAMPLES = keptAs('image', 'samples', [
  aPiece(1, { width: 96, height: 72 }),
  aPiece(2, { width: 96, height: 72, caption: 'the third is turned' }),
  aPiece(2, { index: 1, width: 96, height: 72 })
]);

/** The widget of a dashboard. */
function inDashboard(media: FakeMedia, job = 'run'): IScene['element'] {
  const urlOf = (_: MediaSeries, piece: MediaPiece): string => picture(piece.step * 40);
  Object.assign(media, { urlOf, read });
  return widget(MediaView, { job, names: [], height: 300 }, {}, share =>
    share(IMediaOfJobs, {
      acquire: () => ({ model: media, isDisposed: false, dispose: () => undefined })
    })
  );
}

export const MEDIA_WIDGET: IView = view({
  name: 'widget-media',
  files: ['widgets/tracking/media.tsx', 'components/media/view.tsx'],
  width: 640,
  height: 320,
  scenes: {
    empty: {
      element: inDashboard(new FakeMedia(), ''),
      says: ['Choose a job to see its pictures and tables.']
    },
    loading: {
      element: inDashboard(Object.assign(new FakeMedia(), { isReady: false })),
      says: ['Loading…']
    },
    error: {
      element: inDashboard(Object.assign(new FakeMedia(), { error: 'There is no such job.' })),
      says: ['There is no such job.'],
      roles: { alert: 1 }
    },
    usual: {
      element: inDashboard(
        new FakeMedia([SAMPLES, keptAs('table', 'confusion', [aPiece(0), aPiece(1)])])
      ),
      says: ['samples', 'Step 2', 'dog'],
      settles: 50
    },
    long: {
      element: inDashboard(new FakeMedia([keptAs('text', LONG.repeat(3), [aPiece(1)])])),
      says: [LONG],
      settles: 50
    },
    many: {
      element: inDashboard(
        new FakeMedia(times(30, at => keptAs('image', `camera ${at}`, [aPiece(0), aPiece(at + 1)])))
      ),
      says: ['camera 29']
    }
  }
});

export const MEDIA: IView = view({
  name: 'media',
  files: [
    'components/media/gallery.tsx',
    'components/media/histogram.tsx',
    'components/media/table.tsx'
  ],
  width: 1000,
  height: 520,
  without: {
    loading: 'the page of the job is what loads: each card says so until its content is there'
  },
  scenes: {
    empty: {
      element: gallery(),
      says: ['No pictures and tables yet.', 'crispdm.image("samples", batch[:8], step=epoch)'],
      roles: { img: 0, region: 0 }
    },
    error: {
      element: gallery(
        keptAs('text', 'gone', [aPiece(0)]),
        keptAs('histogram', 'no numbers', [aPiece(0)]),
        keptAs('table', 'broken', [aPiece(3)])
      ),
      says: ['The run has kept no such piece.', 'This cannot be read.', 'No numbers.', 'Step 3'],
      settles: 50
    },
    usual: {
      element: gallery(
        SAMPLES,
        keptAs(
          'histogram',
          'layer1/weights',
          times(4, at => aPiece(at * 100))
        ),
        keptAs('text', 'generated', [aPiece(7)]),
        keptAs('table', 'confusion', [aPiece(0), aPiece(1)]),
        keptAs('figure', 'roc', [aPiece(0, { width: 320, height: 240 })])
      ),
      says: [
        'samples',
        'Step 2',
        'the third is turned',
        'Step 300',
        '0.0125 ± 0.84',
        'dog',
        'Once upon a time'
      ],
      roles: { table: 1 },
      settles: 50
    },
    long: {
      element: gallery(
        keptAs('table', 'long', [aPiece(0, { rows: 5000 })]),
        keptAs('text', LONG.repeat(3), [aPiece(123456789)]),
        keptAs('image', 'captioned', [aPiece(0, { caption: LONG })])
      ),
      says: ['200 of 5000 rows', LONG, 'Step 123456789'],
      settles: 50
    },
    many: {
      element: gallery(
        ...times(30, at =>
          keptAs(
            'image',
            `camera ${at}`,
            times(50, step => aPiece(step, { width: 96, height: 72 })),
            100
          )
        )
      ),
      says: ['camera 29', 'Step 49', '50 of 150 are shown']
    }
  }
});
