import { useEffect, useState } from 'react';
import type { ILease } from '../../tokens/workbench';

/** The model of a job that views share; null without a job. It is let go when the job changes or the view goes. */
export function useLease<T>(job: string, take: (job: string) => ILease<T>): T | null {
  const [lease, setLease] = useState<{ job: string; model: T } | null>(null);
  useEffect(() => {
    if (!job) {
      setLease(null);
      return undefined;
    }
    const taken = take(job);
    setLease({ job, model: taken.model });
    return () => taken.dispose();
    // `take` is made anew at each drawing but does the same each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [job]);
  return lease?.job === job ? lease.model : null;
}
