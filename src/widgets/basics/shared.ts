import { useEffect, useState } from 'react';
import type { ISharedModels } from '../../tokens/workbench';

/** A shared model of a job; null without a job. It is let go when the job changes or the view goes. */
export function useSharedModel<T>(models: ISharedModels<T>, job: string): T | null {
  const [held, setHeld] = useState<{ job: string; model: T } | null>(null);
  useEffect(() => {
    if (!job) {
      setHeld(null);
      return undefined;
    }
    const handle = models.acquire(job);
    setHeld({ job, model: handle.model });
    return () => handle.dispose();
  }, [models, job]);
  return held?.job === job ? held.model : null;
}
