import React from 'react';
import type { IFacts } from '../../tokens/facts';
import { useTrans } from './context';

/** Shows why there are no facts, or its children. */
export function ErrorGuard(props: { facts: IFacts; children: React.ReactNode }): React.JSX.Element {
  const { facts, children } = props;
  if (!facts.error) {
    return <>{children}</>;
  }
  return (
    <p className="crispdm-Error" role="alert">
      {facts.error}
    </p>
  );
}

/** Shows the error or the waiting of some facts, and its children once they are there. */
export function FactsGuard(props: { facts: IFacts; children: React.ReactNode }): React.JSX.Element {
  const trans = useTrans();
  const { facts, children } = props;
  const isWaiting = !facts.isReady && !facts.error;
  return (
    <ErrorGuard facts={facts}>
      {isWaiting ? <p className="crispdm-Waiting">{trans.__('Loading…')}</p> : children}
    </ErrorGuard>
  );
}
