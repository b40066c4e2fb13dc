import { useEffect, useState } from 'react';

/** A number that changes when Lab's theme does: a canvas does not follow the style sheet by itself. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(count => count + 1));
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
    });
    return () => observer.disconnect();
  }, []);
  return theme;
}
