import type { IEntry } from '../../src/components/desk/entry';
import type { IFrameProps } from '../../src/components/desk/frame';

/** A page of a menu; `change` replaces what a test is about. */
export function anEntry(slug: string, change: Partial<IEntry> = {}): IEntry {
  const name = slug.charAt(0).toUpperCase() + slug.slice(1);
  return { slug, name, icon: '', group: '', state: '', built: true, trouble: '', ...change };
}

/** The frame of a dashboard with two pages and a tool, in a page of its own. */
export function aFrame(change: Partial<IFrameProps> = {}): IFrameProps {
  return {
    title: 'Handwriting',
    entries: [anEntry('data'), anEntry('train'), anEntry('jobs')],
    extras: ['jobs', 'licence'],
    current: 'data',
    visitor: { name: 'Ann', role: 'analyst' },
    hrefOf: slug => `/desk?page=${slug}`,
    licenceUrl: '/licence',
    homeUrl: '/home',
    logOutUrl: '/logout',
    theme: null,
    status: null,
    life: 'well',
    onGo: () => undefined,
    onSkip: () => undefined,
    ...change
  };
}
