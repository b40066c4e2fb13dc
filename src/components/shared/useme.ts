import { useEffect, useState } from 'react';

/** The name of whoever looks; empty until the server has said it. */
export function useMe(ask: () => Promise<string>): string {
  const [name, setName] = useState('');
  useEffect(() => {
    let isGone = false;
    ask().then(
      said => !isGone && setName(said),
      // Without a name nothing can be said; the banner of the page tells that the server is away.
      () => undefined
    );
    return () => {
      isGone = true;
    };
    // It is asked once, however often the function is made anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return name;
}
