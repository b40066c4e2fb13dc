import type { RunFields } from '../../../api';
import { fieldOf } from '../fields';
import { axisOf } from './scale';

type FieldInfo = RunFields['metrics'][number];

/** So many parameters and metrics are drawn where nobody chose. */
const [FIRST_PARAMETERS, FIRST_METRICS] = [5, 2];
/** More axes than these cannot be told apart; a view that somebody else saved may name any number. */
export const MOST_AXES = 16;

/** The axes that a view names, each field once and no more than can be drawn. */
export function drawnAxes(axes: readonly string[]): readonly string[] {
  const fields = axes.map(name => axisOf(name).field);
  return axes
    .filter((_, at) => fields[at] !== '' && fields.indexOf(fields[at]) === at)
    .slice(0, MOST_AXES);
}

/** The axes to begin with: the parameters in which runs differ, then the most frequent metrics. */
export function firstAxes(fields: RunFields | null): readonly string[] {
  const axes = [
    ...varied(fields)
      .slice(0, FIRST_PARAMETERS)
      .map(({ name }) => fieldOf('params', name)),
    ...(fields?.metrics ?? []).slice(0, FIRST_METRICS).map(metricField)
  ];
  return axes.length >= 2 ? axes : ['created', ...axes, 'duration'];
}

/** What a scatter begins with: a parameter that is a number against the most frequent metric. */
export function firstScatter(fields: RunFields | null): { x: string; y: string } {
  const parameter = varied(fields).find(({ kind }) => (kind ?? 'number') === 'number');
  const metrics = fields?.metrics ?? [];
  const y = metrics.length > 0 ? metricField(metrics[0]) : 'duration';
  return { x: parameter ? fieldOf('params', parameter.name) : 'created', y };
}

/** What colours the runs to begin with: the most frequent metric of which somebody knows what is better. */
export function firstColour(fields: RunFields | null): string {
  const metric = fields?.metrics.find(({ goal }) => goal);
  return metric ? metricField(metric) : '';
}

function metricField({ name, goal }: FieldInfo): string {
  return fieldOf('metrics', name, goal ? 'best' : '');
}

/** The parameters that are not the same everywhere. */
function varied(fields: RunFields | null): readonly FieldInfo[] {
  return (fields?.parameters ?? []).filter(
    ({ kind, min, max }) => (kind ?? 'number') !== 'number' || min !== max
  );
}
