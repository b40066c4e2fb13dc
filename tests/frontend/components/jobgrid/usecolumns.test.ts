import { renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/api';
import type { IColumnChoice } from '../../../../src/components/datagrid/columnlayout';
import { NO_CHOICE } from '../../../../src/components/datagrid/columnlayout';
import type { IJobGridProps } from '../../../../src/components/jobgrid/grid';
import { NOTHING } from '../../../../src/components/basics/selection';
import { NEWEST_FIRST } from '../../../../src/components/jobgrid/sort';
import { columnsOf, useJobColumns } from '../../../../src/components/jobgrid/usecolumns';
import type { Latest } from '../../../../src/tokens/metrics';
import { aJob } from '../../support';

interface IShown {
  jobs?: readonly Job[];
  choice?: IColumnChoice;
  /** Pixels of the table; 0 while it is out of sight. */
  room?: number;
  latest?: Record<string, Latest>;
}

function propsOf({ jobs = [aJob()], choice = NO_CHOICE, latest = {} }: IShown) {
  const props: IJobGridProps = {
    jobs,
    columns: choice,
    sort: NEWEST_FIRST,
    selection: NOTHING,
    environmentName: vi.fn((id: string) => id),
    latestOf: id => latest[id],
    isPending: () => false,
    isTagPressed: () => false,
    onColumns: vi.fn(),
    onSelection: vi.fn(),
    onSort: vi.fn(),
    onTag: vi.fn(),
    onOpen: vi.fn(),
    onDelete: vi.fn()
  };
  return props;
}

/** The columns of a table. Nothing can be measured here: each letter has seven pixels. */
function columns(shown: IShown) {
  const element = document.createElement('div');
  Object.defineProperty(element, 'clientWidth', { value: shown.room ?? 1600 });
  const scroller = { current: element };
  const { result, rerender } = renderHook(
    (props: IJobGridProps) => useJobColumns(props, scroller),
    {
      initialProps: propsOf(shown)
    }
  );
  const widths = () =>
    Object.fromEntries(result.current.columns.map(({ key, width }) => [key, width]));
  return {
    keys: () => result.current.columns.map(({ key }) => key),
    widths,
    result,
    show: (next: IShown) => {
      const props = propsOf(next);
      rerender(props);
      return props;
    }
  };
}

describe('the columns that are wanted', () => {
  const keys = (shown: Record<string, boolean>) =>
    columnsOf({ shown, widths: {} }).map(({ key }) => key);

  it('are the usual ones, until somebody chooses', () => {
    expect(keys({}).slice(0, 3)).toEqual(['state', 'name', 'progress']);
    expect(keys({ owner: false, tags: false })).not.toContain('owner');
  });

  it('have metrics and parameters after them, and those that were hidden again are gone', () => {
    const wanted = keys({ 'metric:val/loss': true, 'parameter:a:b': true, 'metric:acc': false });
    expect(wanted.slice(-2)).toEqual(['metric:val/loss', 'parameter:a:b']);
    expect(wanted).not.toContain('metric:acc');
  });

  it.each(['metric:', 'unknown', 'unknown:x', 'constructor', 'toString'])(
    'are none for “%s”, which an older or broken layout may name',
    key => expect(keys({ [key]: true })).toEqual(keys({}))
  );
});

describe('the columns that are drawn', () => {
  it('fill the room, and say their widths to the grid', () => {
    const { result, widths } = columns({ room: 1600 });
    const { tracks, width } = result.current;
    const all = Object.values(widths());
    expect(tracks).toBe(all.map(one => `${one}px`).join(' '));
    expect(width).toBe(all.reduce((sum, one) => sum + one, 32));
    expect(width).toBeGreaterThan(1580);
    expect(width).toBeLessThanOrEqual(1600);
  });

  // proves: ui.columns
  it('are fewer where there is little room, the least important first', () => {
    const tagged = [aJob({ tags: ['a'], resources: { cpu_percent: 1, memory_bytes: 1 } })];
    expect(columns({ jobs: tagged, room: 1600 }).keys()).toContain('tags');
    const few = columns({ jobs: tagged, room: 520 });
    expect(few.keys().slice(0, 2)).toEqual(['state', 'name']);
    expect(few.keys()).not.toContain('tags');
    expect(few.result.current.width).toBeLessThanOrEqual(520);
  });

  it('give way first where they have nothing to show', () => {
    const over = aJob({ state: 'succeeded', started: null, tags: ['nightly'] });
    const { keys } = columns({ jobs: [over], room: 900 });
    expect(keys()).toContain('tags');
    expect(keys()).not.toContain('cpu');
  });

  it('are as wide as somebody chose', () => {
    const choice = { shown: {}, widths: { owner: 333 } };
    expect(columns({ choice }).widths().owner).toBe(333);
  });

  it('are as wide as what stands in them, up to their most', () => {
    const short = columns({ jobs: [aJob({ name: 'a' })], room: 1200 }).widths().name;
    const long = columns({ jobs: [aJob({ name: 'n'.repeat(500) })], room: 1200 }).widths().name;
    expect(long).toBeGreaterThan(short);
    expect(long).toBeLessThan(1000);
  });

  it('have room for the value of a metric as soon as it is known', () => {
    const choice = { shown: { 'metric:x': true }, widths: {} };
    const { widths, show } = columns({ choice });
    expect(widths()['metric:x']).toBe(64);
    show({ choice, latest: { j1: new Map([['x', 123_456_789.123]]) } });
    expect(widths()['metric:x']).toBeGreaterThan(64);
  });

  it('stay as they are while only figures change, and are measured anew for other jobs', () => {
    const { result, show } = columns({ jobs: [aJob({ progress: null })] });
    const before = result.current;
    show({ jobs: [aJob({ progress: { done: 1, total: 2, message: 'x'.repeat(200) } })] });
    expect(result.current.tracks).toBe(before.tracks);
    show({ jobs: [aJob({ id: 'j2', name: 'n'.repeat(60) })] });
    expect(result.current.tracks).not.toBe(before.tracks);
  });

  it('measure the first of very many jobs only', () => {
    const jobs = Array.from({ length: 5000 }, (_, at) => aJob({ id: `j${at}` }));
    const { show } = columns({ jobs: [] });
    const { environmentName } = show({ jobs });
    expect(vi.mocked(environmentName).mock.calls.length).toBeLessThan(5000);
  });

  it('are laid out as usual while the table is out of sight or empty', () => {
    expect(columns({ room: 0 }).result.current.width).toBeLessThanOrEqual(1100);
    expect(columns({ room: 0 }).keys()).toContain('name');
    expect(columns({ jobs: [] }).keys()).toContain('name');
  });
});
