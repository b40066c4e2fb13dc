import React from 'react';
import type { SourceTrial, Stream } from '../../api/streams';
import { useTrans } from '../basics/context';
import { Field, TextField } from '../basics/field';
import type { IStreamValues, Kind, StreamErrors, TextName } from './source';
import { SourceTrialView } from './trial';

/** What the form shows and tells. */
export interface IStreamFormProps {
  values: IStreamValues;
  errors: StreamErrors;
  /** The streams that can be replayed. */
  streams: readonly Stream[];
  trial: SourceTrial | null;
  isTrying: boolean;
  onChange: (change: Partial<IStreamValues>) => void;
  onTry: () => void;
}

/** Where samples come from, what of a message they are, and when an alarm is raised. */
export function StreamForm(props: IStreamFormProps): React.JSX.Element {
  const { values, errors, onChange, isTrying, trial, onTry } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-RunForm crispdm-StreamForm">
      {errors[''] && (
        <p className="crispdm-Error" role="alert">
          {errors['']}
        </p>
      )}
      <TextField
        label={trans.__('Name of the stream')}
        value={values.name}
        error={errors.name}
        onChange={name => onChange({ name })}
      />
      <KindField value={values.kind} onChange={kind => onChange({ kind, columns: [] })} />
      <SourceFields {...props} />
      <div className="crispdm-StreamForm-test">
        <button type="button" className="crispdm-Button" disabled={isTrying} onClick={onTry}>
          {isTrying ? trans.__('Listening…') : trans.__('Test connection')}
        </button>
        <span className="crispdm-Hint">
          {trans.__('Shows the first messages and proposes the columns.')}
        </span>
      </div>
      {trial && (
        <SourceTrialView
          trial={trial}
          columns={values.columns}
          onColumns={columns => onChange({ columns })}
        />
      )}
      <div className="crispdm-StreamForm-pair">
        <Text {...props} field="over" label={trans.__('Alarm when the probability is over')} />
        <Text {...props} field="window" label={trans.__('Samples in the window')} />
      </div>
    </div>
  );
}

function KindField(props: { value: Kind; onChange: (kind: Kind) => void }): React.JSX.Element {
  const trans = useTrans();
  const kinds: Record<Kind, string> = {
    simulated: trans.__('Simulated line'),
    mqtt: trans.__('MQTT broker'),
    file: trans.__('File or folder that grows'),
    http: trans.__('Address: HTTP, events, WebSocket'),
    metrics: trans.__('Curves of a job'),
    serving: trans.__('Requests to served models'),
    replay: trans.__('Recorded stream, once more')
  };
  return (
    <Field label={trans.__('Source')}>
      <Choice
        options={Object.entries(kinds)}
        value={props.value}
        onChange={kind => props.onChange(kind as Kind)}
      />
    </Field>
  );
}

/** What a source of the chosen kind is asked for. */
function SourceFields(props: IStreamFormProps): React.JSX.Element {
  const trans = useTrans();
  switch (props.values.kind) {
    case 'simulated':
      return <Text {...props} field="rate" label={trans.__('Samples a second')} />;
    case 'mqtt':
      return <MqttFields {...props} />;
    case 'file':
      return (
        <Text
          {...props}
          field="path"
          label={trans.__('Path')}
          hint={trans.__('Of a file or folder below the root of Jupyter: CSV, JSON lines, parquet')}
        />
      );
    case 'http':
      return (
        <>
          <Text {...props} field="url" label={trans.__('Address')} />
          <Secrets {...props} />
        </>
      );
    case 'metrics':
      return <Text {...props} field="job" label={trans.__('Id of the job')} />;
    case 'serving':
      return (
        <Text
          {...props}
          field="model"
          label={trans.__('Model')}
          hint={trans.__('Empty: requests to all models')}
        />
      );
    case 'replay':
      return <ReplayFields {...props} />;
  }
}

function MqttFields(props: IStreamFormProps): React.JSX.Element {
  const { values, onChange } = props;
  const trans = useTrans();
  return (
    <>
      <div className="crispdm-StreamForm-pair">
        <Text {...props} field="host" label={trans.__('Host')} />
        <Text {...props} field="port" label={trans.__('Port')} />
      </div>
      <Text
        {...props}
        field="topic"
        label={trans.__('Topic')}
        hint={trans.__('Wildcards are allowed: line/+/sensor')}
      />
      <div className="crispdm-StreamForm-pair">
        <Field label={trans.__('Version')}>
          <Choice
            options={[
              ['5', 'MQTT 5'],
              ['3', 'MQTT 3.1.1']
            ]}
            value={values.version}
            onChange={version => onChange({ version })}
          />
        </Field>
        <Field label={trans.__('Quality of service')}>
          <Choice
            options={['0', '1', '2'].map(one => [one, one])}
            value={values.qos}
            onChange={qos => onChange({ qos })}
          />
        </Field>
      </div>
      <label className="crispdm-Field-inline">
        <input
          type="checkbox"
          checked={values.tls}
          onChange={({ target }) => onChange({ tls: target.checked })}
        />
        {trans.__('Encrypted (TLS)')}
      </label>
      <Secrets {...props} />
    </>
  );
}

function Secrets(props: IStreamFormProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="crispdm-StreamForm-pair">
      <Text {...props} field="username" label={trans.__('User')} />
      <Text
        {...props}
        field="password_env"
        label={trans.__('Variable with the password')}
        hint={trans.__('One of the server’s that its setting stream_secrets allows')}
      />
    </div>
  );
}

function ReplayFields(props: IStreamFormProps): React.JSX.Element {
  const { values, errors, streams, onChange } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-StreamForm-pair">
      <Field label={trans.__('Stream')} error={errors.stream}>
        <Choice
          options={[['', trans.__('Choose…')], ...streams.map(({ id, name }) => [id, name])]}
          value={values.stream}
          onChange={stream => onChange({ stream })}
        />
      </Field>
      <Text {...props} field="speed" label={trans.__('Times as fast')} />
    </div>
  );
}

function Text(
  props: IStreamFormProps & { field: TextName; label: string; hint?: string }
): React.JSX.Element {
  const { values, errors, onChange, field, label, hint } = props;
  return (
    <TextField
      label={label}
      hint={hint}
      value={values[field]}
      error={errors[field]}
      onChange={text => onChange({ [field]: text })}
    />
  );
}

function Choice(props: {
  options: readonly (readonly string[])[];
  value: string;
  onChange: (value: string) => void;
  id?: string;
}): React.JSX.Element {
  const { options, onChange, ...field } = props;
  return (
    <select className="crispdm-Input" {...field} onChange={({ target }) => onChange(target.value)}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
