import React, { useId } from 'react';
import type { SchedulePreview } from '../../api';
import { useTrans } from '../basics/context';
import { Field, TextField } from '../basics/field';
import type { IScheduleValues, Preset, ScheduleErrors } from './values';
import { browserZone, formatDay } from './values';

/** What the form shows and tells. */
export interface IScheduleFormProps {
  values: IScheduleValues;
  errors: ScheduleErrors;
  preview: SchedulePreview | null;
  onChange: (change: Partial<IScheduleValues>) => void;
}

/** When something runs: how often, in which time zone, and what happens to runs that cannot start in time. */
export function ScheduleForm(props: IScheduleFormProps): React.JSX.Element {
  const { values, errors, onChange } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-ScheduleForm">
      {errors[''] && (
        <p className="crispdm-Error" role="alert">
          {errors['']}
        </p>
      )}
      <TextField
        label={trans.__('Name of the schedule')}
        value={values.name}
        error={errors.name}
        onChange={name => onChange({ name })}
      />
      <div className="crispdm-ScheduleForm-when">
        <Often {...props} />
        <Moment {...props} />
      </div>
      <Zone {...props} />
      <Next {...props} />
      <Policies {...props} />
    </div>
  );
}

function Often({ values, onChange }: IScheduleFormProps): React.JSX.Element {
  const trans = useTrans();
  const presets: Record<Preset, string> = {
    hourly: trans.__('Every hour'),
    daily: trans.__('Every day'),
    weekdays: trans.__('Monday to Friday'),
    weekly: trans.__('Every week'),
    monthly: trans.__('Every month'),
    custom: trans.__('Other (cron expression)')
  };
  return (
    <Field label={trans.__('Runs')}>
      <Choice
        options={Object.entries(presets)}
        value={values.preset}
        onChange={preset => onChange({ preset: preset as Preset })}
      />
    </Field>
  );
}

/** What the chosen preset leaves open. */
function Moment(props: IScheduleFormProps): React.JSX.Element {
  const { values, errors, onChange } = props;
  const trans = useTrans();
  if (values.preset === 'custom') {
    return (
      <TextField
        label={trans.__('Cron expression')}
        hint={trans.__('Minute, hour, day of month, month, day of week')}
        value={values.cron}
        error={errors.cron}
        onChange={cron => onChange({ cron })}
      />
    );
  }
  if (values.preset === 'hourly') {
    return (
      <TextField
        label={trans.__('At minute')}
        numeric
        value={values.minute}
        error={errors.cron}
        onChange={minute => onChange({ minute })}
      />
    );
  }
  return (
    <>
      <Day {...props} />
      <Field label={trans.__('At')} error={errors.cron}>
        <input
          className="crispdm-Input"
          type="time"
          value={values.time}
          aria-invalid={Boolean(errors.cron)}
          onChange={event => onChange({ time: event.target.value })}
        />
      </Field>
    </>
  );
}

function Day({ values, onChange }: IScheduleFormProps): React.JSX.Element | null {
  const trans = useTrans();
  if (values.preset === 'weekly') {
    return (
      <Field label={trans.__('On')}>
        <Choice
          options={weekdays()}
          value={values.weekday}
          onChange={weekday => onChange({ weekday })}
        />
      </Field>
    );
  }
  if (values.preset !== 'monthly') {
    return null;
  }
  const numbers = Array.from({ length: 31 }, (_, index) => String(index + 1));
  const days = { ...Object.fromEntries(numbers.map(day => [day, day])), L: trans.__('last') };
  return (
    <Field label={trans.__('On day')}>
      <Choice
        options={Object.entries(days)}
        value={values.day}
        onChange={day => onChange({ day })}
      />
    </Field>
  );
}

function Zone({ values, errors, onChange }: IScheduleFormProps): React.JSX.Element {
  const trans = useTrans();
  const list = useId();
  return (
    <Field label={trans.__('Time zone')} error={errors.timezone}>
      <ZoneInput
        list={list}
        value={values.timezone}
        isWrong={Boolean(errors.timezone)}
        onChange={timezone => onChange({ timezone })}
      />
    </Field>
  );
}

function ZoneInput(props: {
  id?: string;
  list: string;
  value: string;
  isWrong: boolean;
  onChange: (value: string) => void;
}): React.JSX.Element {
  const { id, list, value, isWrong, onChange, ...described } = props;
  return (
    <>
      <input
        {...described}
        className="crispdm-Input"
        id={id}
        list={list}
        value={value}
        aria-invalid={isWrong}
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
      />
      <datalist id={list}>
        {ZONES.map(zone => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

/** The next times, as the reader's clock will show them. */
function Next({ preview }: IScheduleFormProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="crispdm-Field crispdm-ScheduleForm-next" aria-live="polite">
      {preview && (
        <>
          <span>{preview.description}</span>
          <small className="crispdm-Hint">
            {trans.__('Next, in your time (%1):', browserZone())}
          </small>
          <ol>
            {preview.times.map(time => (
              <li key={time}>
                <time dateTime={time}>{formatDay(time)}</time>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Policies({ values, errors, onChange }: IScheduleFormProps): React.JSX.Element {
  const trans = useTrans();
  const missed = {
    once: trans.__('Make up for them with one run'),
    skip: trans.__('Leave them out'),
    all: trans.__('Make up for each of them')
  };
  const overlap = {
    skip: trans.__('Leave the new one out'),
    allow: trans.__('Start it all the same')
  };
  return (
    <div className="crispdm-ScheduleForm-policies">
      <Field label={trans.__('Missed while the server was away')} error={errors.missed}>
        <Choice
          options={Object.entries(missed)}
          value={values.missed}
          onChange={value => onChange(withMissed(value as IScheduleValues['missed']))}
        />
      </Field>
      <Field label={trans.__('While the last run is not over')} error={errors.overlap}>
        <Choice
          options={Object.entries(overlap)}
          value={values.overlap}
          onChange={value => onChange(withOverlap(values, value as IScheduleValues['overlap']))}
        />
      </Field>
    </div>
  );
}

/** To make up for each run, they must be allowed to overlap. */
function withMissed(missed: IScheduleValues['missed']): Partial<IScheduleValues> {
  return missed === 'all' ? { missed, overlap: 'allow' } : { missed };
}

function withOverlap(
  { missed }: IScheduleValues,
  overlap: IScheduleValues['overlap']
): Partial<IScheduleValues> {
  return missed === 'all' && overlap === 'skip' ? { overlap, missed: 'once' } : { overlap };
}

function Choice(props: {
  id?: string;
  options: readonly (readonly [string, string])[];
  value: string;
  onChange: (value: string) => void;
}): React.JSX.Element {
  const { options, onChange, ...rest } = props;
  return (
    <select {...rest} className="crispdm-Input" onChange={event => onChange(event.target.value)}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** The days of the week in the reader's language; Sunday is 0. */
function weekdays(): [string, string][] {
  const name = new Intl.DateTimeFormat(undefined, { weekday: 'long', timeZone: 'UTC' });
  const sunday = Date.UTC(2023, 0, 1);
  return [1, 2, 3, 4, 5, 6, 0].map(day => [String(day), name.format(sunday + day * 86_400_000)]);
}

const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];
