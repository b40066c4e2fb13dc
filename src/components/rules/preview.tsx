import React, { useLayoutEffect, useRef } from 'react';
import type { RulesTried, TriedLine } from '../../api';
import { useTrans } from '../basics/context';

/** What the preview shows and tells. */
export interface IRulesPreviewProps {
  tried: RulesTried;
  /** Called with a line for which somebody wants a rule. */
  onPick: (text: string) => void;
}

/** The lines of a log with all that is found in them, and the series that come of it. */
export function RulesPreview({ tried, onPick }: IRulesPreviewProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="crispdm-RulesPreview">
      <Series tried={tried} />
      <ol aria-label={trans.__('Lines of the log')} ref={useEnd(tried)}>
        {tried.lines.map((line, index) => (
          <Line key={index} line={line} onPick={onPick} />
        ))}
      </ol>
    </div>
  );
}

/** Keep the newest line in sight, until somebody scrolls up. */
function useEnd(tried: RulesTried): React.RefObject<HTMLOListElement> {
  const list = useRef<HTMLOListElement>(null);
  const last = useRef(0);
  useLayoutEffect(() => {
    const node = list.current;
    if (node && node.scrollTop >= last.current) {
      node.scrollTop = node.scrollHeight;
      last.current = node.scrollTop;
    }
  }, [tried]);
  return list;
}

function Series({ tried: { series } }: { tried: RulesTried }): React.JSX.Element {
  const trans = useTrans();
  if (series.length === 0) {
    return <p className="crispdm-Hint">{trans.__('No metrics are found in these lines.')}</p>;
  }
  return (
    <ul className="crispdm-RulesPreview-series" aria-label={trans.__('Series found')}>
      {series.map(({ name, points }) => (
        <li key={name}>
          <b>{name}</b> {trans._n('%1 point', '%1 points', points)}
        </li>
      ))}
    </ul>
  );
}

function Line(props: { line: TriedLine; onPick: (text: string) => void }): React.JSX.Element {
  const { line, onPick } = props;
  const trans = useTrans();
  const isFound = line.spans.length > 0;
  return (
    <li className="crispdm-RulesPreview-line" data-found={isFound || undefined}>
      <code>{marked(line)}</code>
      {line.rule !== null && (
        <span className="crispdm-RulesPreview-rule">{trans.__('rule %1', line.rule + 1)}</span>
      )}
      {!isFound && /\d/.test(line.text) && (
        <button
          className="crispdm-Button"
          title={trans.__('Make a rule for lines like this')}
          onClick={() => onPick(line.text)}
        >
          {trans.__('Make a rule')}
        </button>
      )}
    </li>
  );
}

/** A line, cut where something was found. */
function marked({ text, spans }: TriedLine): React.ReactNode[] {
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const { begin, end, role, name } of spans) {
    pieces.push(
      text.slice(at, begin),
      <mark key={begin} data-role={role} title={name === '' ? role : name}>
        {text.slice(begin, end)}
      </mark>
    );
    at = end;
  }
  return [...pieces, text.slice(at)];
}
