import { fireEvent, render, screen } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { SourceTrial } from '../../../../src/api/streams';
import { StreamForm } from '../../../../src/components/streams/form';
import type { IStreamValues, StreamErrors } from '../../../../src/components/streams/source';
import { columnsOf, newValues, sourceOf } from '../../../../src/components/streams/source';
import { aStream } from '../../streams';
import { trans } from '../../support';

let typed: IStreamValues;

function Form(props: {
  trial: SourceTrial | null;
  errors: StreamErrors;
  first: Partial<IStreamValues>;
}): React.JSX.Element {
  const [values, setValues] = useState({ ...newValues(), ...props.first });
  typed = values;
  return (
    <StreamForm
      values={values}
      errors={props.errors}
      streams={[aStream()]}
      trial={props.trial}
      isTrying={false}
      onChange={change => setValues(before => ({ ...before, ...change }))}
      onTry={() => undefined}
    />
  );
}

function show(
  given: { trial?: SourceTrial; errors?: StreamErrors; first?: Partial<IStreamValues> } = {}
): void {
  const { trial = null, errors = {}, first = {} } = given;
  render(<Form trial={trial} errors={errors} first={first} />);
}

const fill = (label: string, value: string): void =>
  void fireEvent.change(screen.getByLabelText(label), { target: { value } });

describe('the form of a stream', () => {
  it('asks for what the chosen kind of source needs', () => {
    show();
    const labels = {
      simulated: 'Samples a second',
      mqtt: 'Topic',
      file: 'Path',
      http: 'Address',
      metrics: 'Id of the job',
      serving: 'Model',
      replay: 'Times as fast'
    };
    for (const [kind, label] of Object.entries(labels)) {
      fill('Source', kind);
      expect(screen.getByLabelText(label)).toBeTruthy();
    }
    fill('Stream', 'line1');
    expect([typed.kind, typed.stream]).toEqual(['replay', 'line1']);
  });

  it('takes all that a broker wants to know', () => {
    show({ first: { kind: 'mqtt' } });
    fill('Host', 'broker');
    fill('Port', '8883');
    fill('Topic', 'line/#');
    fill('Version', '3');
    fill('Quality of service', '2');
    fireEvent.click(screen.getByLabelText('Encrypted (TLS)'));
    fill('User', 'ann');
    fill('Variable with the password', 'LINE_PASSWORD');
    expect(sourceOf(typed, trans)).toEqual({
      source: {
        kind: 'mqtt',
        host: 'broker',
        port: 8883,
        topic: 'line/#',
        version: 3,
        qos: 2,
        tls: true,
        username: 'ann',
        password_env: 'LINE_PASSWORD'
      }
    });
  });

  it('says beside a field what is wrong with it', () => {
    show({ errors: { name: 'This is needed.', '': 'The server is full.' } });
    expect(screen.getByLabelText('Name of the stream').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toBe('The server is full.');
  });

  // proves: monitor.trial
  it('names the columns of what came, and leaves out those without a name', () => {
    const trial: SourceTrial = {
      messages: ['{"a": 1, "b": "x"}'],
      columns: [
        { name: 'a', path: '$.a', type: 'number' },
        { name: 'b', path: '$.b', type: 'text' }
      ],
      reason: 'Two messages could not be read.'
    };
    show({ trial, first: { columns: columnsOf(trial, []) } });
    expect(screen.getByText('Two messages could not be read.')).toBeTruthy();
    fill('Column of $.a', 'value');
    fill('Column of $.b', '');
    expect(sourceOf(typed, trans)).toEqual({
      source: { kind: 'simulated', rate: 10, fields: { value: '$.a' } }
    });
  });

  it('says so when nothing came', () => {
    show({ trial: { messages: [], columns: [], reason: '' } });
    expect(screen.getByRole('alert').textContent).toBe('Nothing came.');
  });
});
