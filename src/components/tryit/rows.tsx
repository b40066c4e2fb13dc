import { csvParseRows, tsvParseRows } from 'd3-dsv';
import React, { useId, useState } from 'react';
import { messageOf } from '../../api';
import type { IModelMetadata, InferReply, IRequestTensor } from '../../api/serving';
import type { IAsking } from '../../tokens/models';
import { useTrans } from '../basics/context';
import { Field } from '../basics/field';
import { Programs } from './programs';
import { answersOf, columnsOf, tensorsOf } from './tensors';

const MOST_ROWS = 1000;
const MOST_BYTES = 2 ** 20;

interface IAnswered {
  inputs: readonly IRequestTensor[];
  given: readonly (readonly string[])[];
  reply: InferReply | null;
  error: string;
}

/** A form for a table: type or paste rows, see the answers beside them. */
export function TryRows(props: { asking: IAsking; described: IModelMetadata }): React.JSX.Element {
  const { asking, described } = props;
  const trans = useTrans();
  const columns = columnsOf(described.inputs) ?? [];
  const head = columns.map(({ name }) => name).join(',');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [answered, setAnswered] = useState<IAnswered | null>(null);
  const ask = async (): Promise<void> => {
    setBusy(true);
    setAnswered(await answerTo(asking, described, text, trans));
    setBusy(false);
  };
  return (
    <section className="crispdm-TryModel" aria-busy={isBusy} aria-label={trans.__('Try the model')}>
      <Field
        label={trans.__('Rows: typed, pasted from a table, or from a CSV file')}
        hint={trans.__('Columns: %1', head)}
      >
        <textarea
          className="crispdm-Input"
          rows={5}
          placeholder={`${head}\n${columns.map(({ isText }) => (isText ? 'a' : '0')).join(',')}`}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </Field>
      <div className="crispdm-Toolbar">
        <button
          className="crispdm-Button crispdm-mod-accept"
          disabled={isBusy || text.trim() === ''}
          onClick={() => void ask()}
        >
          {trans.__('Ask the model')}
        </button>
        <FileChooser onText={setText} />
      </div>
      <div aria-live="polite">
        {isBusy && <p className="crispdm-Waiting">{trans.__('Asking the model…')}</p>}
        {answered && <Answer {...answered} described={described} url={asking.url} />}
      </div>
    </section>
  );
}

function FileChooser({ onText }: { onText: (text: string) => void }): React.JSX.Element {
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  const id = useId();
  const read = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    input.value = '';
    if (file && file.size > MOST_BYTES) {
      setTrouble(trans.__('“%1” is over 1 MiB.', file.name));
    } else if (file) {
      setTrouble('');
      onText(await file.text());
    }
  };
  return (
    <>
      <label className="crispdm-Button" htmlFor={id}>
        {trans.__('CSV file…')}
      </label>
      <input
        id={id}
        type="file"
        className="crispdm-Hidden"
        accept=".csv,.tsv,text/csv"
        onChange={event => void read(event.currentTarget)}
      />
      {trouble && (
        <span className="crispdm-Error" role="alert">
          {trouble}
        </span>
      )}
    </>
  );
}

function Answer(props: IAnswered & { described: IModelMetadata; url: string }): React.JSX.Element {
  const { inputs, given, reply, error, described, url } = props;
  const trans = useTrans();
  const answers = reply && answersOf(reply.outputs, described.parameters.classes, given.length);
  const columns = columnsOf(described.inputs) ?? [];
  return (
    <>
      {error && (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      )}
      {reply && answers && (
        <div className="crispdm-TryModel-answers" tabIndex={0}>
          <table className="crispdm-Table" aria-label={trans.__('Answers')}>
            <caption>{trans.__('%1, version %2', reply.model_name, reply.model_version)}</caption>
            <thead>
              <tr>
                {answers.names.map(name => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
                {columns.map(({ name }) => (
                  <th key={`given ${name}`} scope="col" className="crispdm-Hint">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {answers.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((text, place) => (
                    <td key={place}>
                      <strong>{text}</strong>
                    </td>
                  ))}
                  {given[at].map((text, place) => (
                    <td key={`given ${place}`} className="crispdm-Hint">
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {inputs.length > 0 && <Programs url={url} body={{ inputs }} part="outputs" />}
    </>
  );
}

/** Ask about rows; what is wrong with them, or why the model refused, is told with the answer. */
async function answerTo(
  asking: IAsking,
  described: IModelMetadata,
  text: string,
  trans: ReturnType<typeof useTrans>
): Promise<IAnswered> {
  let inputs: readonly IRequestTensor[] = [];
  try {
    const parsed = text.includes('\t') ? tsvParseRows(text) : csvParseRows(text);
    inputs = tensorsOf(trans, described.inputs, parsed);
    const [rows] = inputs[0].shape;
    if (rows > MOST_ROWS) {
      throw new Error(
        trans.__('These are %1 rows; at most %2 are asked at once.', rows, MOST_ROWS)
      );
    }
    const reply = await asking.infer(inputs);
    return { inputs, given: rowsOf(inputs, rows), reply, error: '' };
  } catch (reason) {
    return { inputs, given: [], reply: null, error: messageOf(reason) };
  }
}

/** What was asked, row by row. */
function rowsOf(inputs: readonly IRequestTensor[], rows: number): string[][] {
  return Array.from({ length: rows }, (_, row) =>
    inputs.flatMap(({ data }) => {
      const width = data.length / rows;
      return data.slice(row * width, (row + 1) * width).map(String);
    })
  );
}
