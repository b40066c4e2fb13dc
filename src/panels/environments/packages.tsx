import React, { useEffect, useState } from 'react';
import type { Difference, Environment, Package } from '../../api';
import { messageOf } from '../../api';
import { useTrans } from '../../components/basics/context';
import { EnvironmentPicker } from '../../components/environments/picker';
import { useFacts } from '../../components/basics/hooks';
import { DifferenceTable, PackageTable } from '../../components/environments/packages';
import type { IEnvironments } from '../../tokens/environments';

/** The packages of one environment. */
export function PackagesBody(props: {
  environments: IEnvironments;
  id: string;
}): React.JSX.Element {
  const { environments, id } = props;
  const [packages, error] = useAnswer<readonly Package[]>(() => environments.packages(id), id);
  return (
    <div className="crispdm-Packages-body">
      <Loaded error={error} isThere={packages !== null}>
        <PackageTable packages={packages ?? []} />
      </Loaded>
    </div>
  );
}

/** What differs between one environment and another of the user's choice. */
export function CompareBody(props: {
  environments: IEnvironments;
  environment: Environment;
}): React.JSX.Element {
  const { environments, environment } = props;
  const trans = useTrans();
  useFacts(environments);
  const others = environments.list.filter(other => other.id !== environment.id);
  const [other, setOther] = useState(others[0]?.id ?? '');
  const [difference, error] = useAnswer<Difference>(
    () => environments.difference(environment.id, other),
    other
  );
  return (
    <div className="crispdm-Packages-body">
      <label className="crispdm-Packages-other">
        {trans.__('Compare with')}
        <EnvironmentPicker environments={others} value={other} onChange={setOther} />
      </label>
      <Loaded error={error} isThere={difference !== null}>
        {difference && (
          <DifferenceTable
            difference={difference}
            here={environment.name}
            there={environments.nameOf(other)}
          />
        )}
      </Loaded>
    </div>
  );
}

function Loaded(props: {
  error: string;
  isThere: boolean;
  children: React.ReactNode;
}): React.JSX.Element {
  const { error, isThere, children } = props;
  const trans = useTrans();
  if (error) {
    return (
      <p className="crispdm-Error" role="alert">
        {error}
      </p>
    );
  }
  return <>{isThere ? children : <p className="crispdm-Waiting">{trans.__('Loading…')}</p>}</>;
}

/** What the server answers to a question, asked anew when the key changes; and why it did not answer. */
function useAnswer<T>(ask: () => Promise<T>, key: string): [T | null, string] {
  const [state, setState] = useState<{ key: string; answer: T | null; error: string }>();
  useEffect(() => {
    let isWanted = true;
    const settle = (answer: T | null, error: string): void => {
      if (isWanted) {
        setState({ key, answer, error });
      }
    };
    ask().then(
      answer => settle(answer, ''),
      (error: unknown) => settle(null, messageOf(error))
    );
    return () => {
      isWanted = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the question
  }, [key]);
  return state?.key === key ? [state.answer, state.error] : [null, ''];
}
