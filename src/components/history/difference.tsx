import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Comparison, ILine, IPart } from '../../tokens/history';
import { useTrans } from '../basics/context';

/** What differs between a version and the file as it is. */
export function Difference({ comparison }: { comparison: Comparison }): React.JSX.Element {
  const trans = useTrans();
  if (comparison.kind !== 'parts') {
    return <p className="crispdm-Waiting">{sentence(trans, comparison.kind)}</p>;
  }
  const { parts, left } = comparison;
  return (
    <div className="crispdm-Difference">
      {parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
      {left > 0 && (
        <p className="crispdm-Waiting">
          {trans._n('%1 more line is not shown.', '%1 more lines are not shown.', left)}
        </p>
      )}
    </div>
  );
}

/** What can be said where no lines are shown. */
function sentence(trans: TranslationBundle, kind: Exclude<Comparison['kind'], 'parts'>): string {
  const sentences = {
    same: trans.__('The file is as it was then.'),
    'same-cells': trans.__(
      'The text of all cells is as it was then; only outputs or settings of the notebook differ.'
    ),
    gone: trans.__('The file is not there any more. Restoring brings it back.'),
    binary: trans.__('What differs cannot be shown, because this is not text. It can be restored.'),
    'too-large': trans.__(
      'What differs cannot be shown, because this is too large. It can be restored.'
    ),
    'too-different': trans.__('So much differs that it cannot be shown line by line.')
  };
  return sentences[kind];
}

function Part({ part }: { part: IPart }): React.JSX.Element {
  const trans = useTrans();
  return (
    <section className="crispdm-Difference-part">
      {part.cell && <h3>{titleOf(trans, part)}</h3>}
      {part.lines.length > 0 && (
        <table className="crispdm-Difference-lines">
          <tbody>
            {part.lines.map((line, index) => (
              <Line key={index} line={line} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function titleOf(trans: TranslationBundle, { cell, kind }: IPart): string {
  const { number = 0, type = '', was = '' } = cell ?? {};
  switch (kind) {
    case 'added':
      return trans.__('Cell %1 (%2): new since then', number, type);
    case 'removed':
      return trans.__('Cell %1 then (%2): not there any more', number, type);
    default:
      return type === was
        ? trans.__('Cell %1 (%2): changed', number, type)
        : trans.__('Cell %1 (%2): was %3', number, type, was);
  }
}

function Line({ line }: { line: ILine }): React.JSX.Element {
  const trans = useTrans();
  const { kind, text, before, after } = line;
  if (kind === 'gap' || kind === 'end') {
    return (
      <tr className="crispdm-Difference-gap">
        <td colSpan={3} />
        <td>{kind === 'gap' ? '⋯' : trans.__('(no line break at the end)')}</td>
      </tr>
    );
  }
  const heard = { '-': trans.__('then'), '+': trans.__('now'), ' ': '' }[kind];
  return (
    <tr data-kind={kind === ' ' ? undefined : kind}>
      <td className="crispdm-Difference-number">{before}</td>
      <td className="crispdm-Difference-number">{after}</td>
      <td className="crispdm-Difference-sign" aria-label={heard || undefined}>
        {kind === '-' ? '−' : kind}
      </td>
      <td className="crispdm-Difference-text">{text}</td>
    </tr>
  );
}
