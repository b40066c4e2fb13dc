import React from 'react';
import { useTrans } from '../basics/context';

/** Tags as small buttons; a click asks for the jobs that have it. */
export function Tags(props: {
  tags: readonly string[];
  isPressed?: (tag: string) => boolean;
  onTag?: (tag: string) => void;
}): React.JSX.Element {
  const { tags, isPressed, onTag } = props;
  const trans = useTrans();
  return (
    <span className="crispdm-Tags" title={tags.join(', ')}>
      {tags.map(tag =>
        onTag ? (
          <button
            key={tag}
            className="crispdm-Tag"
            tabIndex={-1}
            aria-pressed={isPressed?.(tag) ?? false}
            title={trans.__('Show jobs with the tag “%1”', tag)}
            onClick={event => {
              event.stopPropagation();
              onTag(tag);
            }}
          >
            {tag}
          </button>
        ) : (
          <span key={tag} className="crispdm-Tag">
            {tag}
          </span>
        )
      )}
    </span>
  );
}
