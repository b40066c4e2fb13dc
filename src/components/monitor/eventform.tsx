import React, { useState } from 'react';
import type { EventAction, StreamEvent } from '../../api/streams';
import { useTrans } from '../basics/context';

const MINUTE = 60;
const SHELVES = [10 * MINUTE, 60 * MINUTE, 8 * 60 * MINUTE, 24 * 60 * MINUTE];

/** All that can be done about an alarm; a comment goes along with whatever is done. */
export function EventForm(props: {
  event: StreamEvent;
  isPending: boolean;
  onAct: (action: EventAction) => void;
}): React.JSX.Element {
  const { event, isPending, onAct } = props;
  const trans = useTrans();
  const [comment, setComment] = useState(event.comment);
  const [label, setLabel] = useState(event.label);
  const [seconds, setSeconds] = useState(SHELVES[0]);
  const button = (text: string, action: EventAction): React.JSX.Element => (
    <button
      className="crispdm-Button"
      disabled={isPending}
      onClick={() => onAct({ ...action, comment: comment.trim() })}
    >
      {text}
    </button>
  );
  return (
    <div className="crispdm-EventForm" role="group" aria-label={trans.__('What to do about it')}>
      <label className="crispdm-EventForm-comment">
        {trans.__('Comment')}
        <input
          className="crispdm-Input"
          maxLength={2000}
          value={comment}
          onChange={({ target }) => setComment(target.value)}
        />
      </label>
      {button(trans.__('Save comment'), { action: 'label', label: event.label })}
      {event.state !== 'cleared' && button(trans.__('Acknowledge'), { action: 'acknowledge' })}
      <span className="crispdm-EventForm-pair">
        <select
          className="crispdm-Input"
          aria-label={trans.__('Shelve for')}
          value={seconds}
          onChange={({ target }) => setSeconds(Number(target.value))}
        >
          {SHELVES.map(one => (
            <option key={one} value={one}>
              {one < 60 * MINUTE
                ? trans.__('%1 minutes', one / MINUTE)
                : trans._n('%1 hour', '%1 hours', one / (60 * MINUTE))}
            </option>
          ))}
        </select>
        {button(trans.__('Shelve'), { action: 'shelve', seconds })}
      </span>
      {event.state !== 'cleared' && button(trans.__('Clear'), { action: 'clear' })}
      <span className="crispdm-EventForm-pair">
        <input
          className="crispdm-Input"
          aria-label={trans.__('Label')}
          placeholder={trans.__('Label, such as scratch')}
          maxLength={200}
          value={label}
          onChange={({ target }) => setLabel(target.value)}
        />
        {button(trans.__('Set label'), { action: 'label', label: label.trim() })}
      </span>
    </div>
  );
}
