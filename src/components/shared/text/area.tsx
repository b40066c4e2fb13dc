import React, { useId, useRef } from 'react';
import type { ISharedText } from '../../../tokens/state';
import { useBound } from './usebound';

/** A field in which everybody writes the same text. It can be written in once the text is there. */
export function SharedTextArea(props: {
  shared: ISharedText | null;
  error: string;
  label: string;
  placeholder?: string;
  rows?: number;
}): React.JSX.Element {
  const { shared, error, label, placeholder, rows = 4 } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useBound(field, shared);
  return (
    <div className="crispdm-SharedText">
      <label htmlFor={id}>{label}</label>
      <textarea
        className="crispdm-Input"
        id={id}
        ref={field}
        rows={rows}
        placeholder={placeholder}
        readOnly={!shared?.isReady}
        aria-busy={!shared?.isReady && !error}
      />
      {error && (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
