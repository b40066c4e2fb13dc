import React, { useId, useRef } from 'react';
import { own } from '../../api/own';

/** Pages behind tabs. Arrow keys go from one to the next. */
export function Tabs<T extends string>(props: {
  label: string;
  tabs: readonly (readonly [T, string])[];
  selected: T;
  onSelect: (tab: T) => void;
  children: React.ReactNode;
}): React.JSX.Element {
  const { label, tabs, selected, onSelect, children } = props;
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = own({ ArrowRight: 1, ArrowLeft: -1 }, event.key);
    if (step) {
      const at = tabs.findIndex(([tab]) => tab === selected);
      const next = (at + step + tabs.length) % tabs.length;
      onSelect(tabs[next][0]);
      (bar.current?.children[next] as HTMLElement | undefined)?.focus();
    }
  };
  return (
    <>
      <div
        className="crispdm-Tabs"
        role="tablist"
        aria-label={label}
        ref={bar}
        onKeyDown={onKeyDown}
      >
        {tabs.map(([tab, text]) => (
          <button
            key={tab}
            role="tab"
            id={`${id}-${tab}`}
            aria-selected={tab === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tab === selected ? 0 : -1}
            onClick={() => onSelect(tab)}
          >
            {text}
          </button>
        ))}
      </div>
      <div
        className="crispdm-Tabs-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${selected}`}
      >
        {children}
      </div>
    </>
  );
}
