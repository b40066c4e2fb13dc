import React from 'react';

/** Somebody's initials on their color. Whoever shows it says the name too. */
export function Avatar({ name, color }: { name: string; color: number }): React.JSX.Element {
  return (
    <span className="crispdm-Avatar" data-color={color} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** One or two letters of a name, of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._@-]+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ''];
  const initials = letters.map(word => [...(word ?? '')][0] ?? '').join('');
  return initials.toLocaleUpperCase() || '?';
}
