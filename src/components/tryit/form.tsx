import React, { useEffect, useState } from 'react';
import { messageOf } from '../../api';
import type { IModelMetadata, ITensorMetadata } from '../../api/serving';
import type { IAsking } from '../../tokens/models';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import type { IPicture } from '../predict/answer';
import { TryPictures } from './pictures';
import { TryRows } from './rows';
import { columnsOf } from './tensors';
import { TryText } from './text';

const PROMPT = 'prompt';
const AXES_OF_PICTURES = 4;

interface IProps {
  asking: IAsking;
  title?: string;
  /** Pictures that are offered beside the reader's own. */
  examples?: readonly IPicture[];
}

/** A form made from what a model takes, for rows, pictures or a prompt; and the same as a program. */
export function TryModel({ asking, title = '', examples = [] }: IProps): React.JSX.Element {
  const trans = useTrans();
  const [described, setDescribed] = useState<IModelMetadata | null>(null);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    let isHere = true;
    asking.describe().then(
      found => isHere && setDescribed(found),
      (reason: unknown) => isHere && setTrouble(messageOf(reason))
    );
    return () => {
      isHere = false;
    };
  }, [asking]);
  if (trouble) {
    return (
      <p className="crispdm-Error" role="alert">
        {trouble}
      </p>
    );
  }
  if (!described) {
    return <p className="crispdm-Waiting">{trans.__('Asking what the model takes…')}</p>;
  }
  const { inputs } = described;
  if (isText(inputs)) {
    return <TryText asking={asking} title={title} />;
  }
  if (columnsOf(inputs) !== null) {
    return <TryRows asking={asking} described={described} />;
  }
  if (isPictures(inputs)) {
    return <TryPictures asking={asking} described={described} title={title} examples={examples} />;
  }
  return (
    <Empty title={trans.__('This model takes no table, picture or prompt.')}>
      {trans.__('Ask it from a program, by the Open Inference Protocol:')}
      <code className="crispdm-Code">{asking.url}</code>
    </Empty>
  );
}

function isText(inputs: readonly ITensorMetadata[]): boolean {
  return inputs.some(({ name, datatype }) => name === PROMPT && datatype === 'BYTES');
}

function isPictures(inputs: readonly ITensorMetadata[]): boolean {
  return inputs.length === 1 && inputs[0].shape.length === AXES_OF_PICTURES;
}
