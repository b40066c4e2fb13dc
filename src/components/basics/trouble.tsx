import React from 'react';

/** What the server says of files of a job that cannot be read, as it says it. */
export function Trouble({ text }: { text: string }): React.JSX.Element {
  return (
    <p className="crispdm-Trouble" role="status">
      {text}
    </p>
  );
}
