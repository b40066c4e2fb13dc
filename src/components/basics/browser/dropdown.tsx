import React, { useEffect, useRef, useState } from 'react';

interface IProps {
  /** What the button says. */
  button: string;
  /** What the opened part is called. */
  label: string;
  /** The menu opens. */
  onOpen?: () => void;
  children: React.ReactNode;
}

/** A button and what it opens below itself: a click beside it and Escape close it. */
export function DropDown({ button, label, onOpen, children }: IProps): React.JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useClickOutside(host, isOpen, () => setIsOpen(false));
  return (
    <div
      className="crispdm-DropDown"
      ref={host}
      onKeyDown={event => {
        if (event.key === 'Escape' && isOpen) {
          event.stopPropagation();
          setIsOpen(false);
          opener.current?.focus();
        }
      }}
    >
      <button
        className="crispdm-Button"
        ref={opener}
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
          if (!isOpen) {
            onOpen?.();
          }
        }}
      >
        {button}
      </button>
      {isOpen && (
        <div className="crispdm-DropDown-choices" role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}

function useClickOutside(
  host: React.RefObject<HTMLElement>,
  isOpen: boolean,
  onOutside: () => void
): void {
  const told = useRef(onOutside);
  told.current = onOutside;
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    const onDown = (event: Event): void => {
      if (!host.current?.contains(event.target as Node)) {
        told.current();
      }
    };
    document.addEventListener('pointerdown', onDown, true);
    return () => document.removeEventListener('pointerdown', onDown, true);
  }, [host, isOpen]);
}
