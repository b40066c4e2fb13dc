import React from 'react';
import type { IFacts } from '../tokens';
import { useTrans } from './context';

/** Shows the error or the waiting of some facts, and its children once they are there. */
export function FactsGuard(props: { facts: IFacts; children: React.ReactNode }): React.JSX.Element {
  const trans = useTrans();
  const { facts, children } = props;
  if (facts.error) {
    return (
      <p className="crispdm-Error" role="alert">
        {facts.error}
      </p>
    );
  }
  if (!facts.isReady) {
    return <p className="crispdm-Waiting">{trans.__('Loading…')}</p>;
  }
  return <>{children}</>;
}
