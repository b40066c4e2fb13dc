import React from 'react';

/** What stands where nothing is yet: what this place is for, and what to do. */
export function Empty(props: {
  title: string;
  children?: React.ReactNode;
  action?: { label: string; run: () => void };
}): React.JSX.Element {
  const { title, children, action } = props;
  return (
    <div className="crispdm-Empty">
      <p className="crispdm-Empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action && (
        <button className="crispdm-Button crispdm-mod-accept" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  );
}
