import { useEffect, useState } from 'react';

/** Milliseconds after which a server that did not answer is asked again. */
const AGAIN = 2_000;

/** The name of whoever looks; empty until the server has said it. */
export function useMe(ask: () => Promise<string>): string {
  const [name, setName] = useState('');
  useEffect(() => {
    let isGone = false;
    let timer = 0;
    const find = (): void => {
      ask().then(
        said => !isGone && setName(said),
        // Without a name nothing can be said; the banner of the page tells that the server is away.
        () => {
          timer = isGone ? 0 : window.setTimeout(find, AGAIN);
        }
      );
    };
    find();
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
    // It is asked until it is known, however often the function is made anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return name;
}
