import React, { useState } from 'react';
import type { IModelMetadata } from '../../api/serving';
import type { IAsking } from '../../tokens/models';
import { useTrans } from '../basics/context';
import type { IPicture } from '../predict/answer';
import { PredictForm } from '../predict/form';
import { Programs } from './programs';

interface IProps {
  asking: IAsking;
  described: IModelMetadata;
  title: string;
  examples: readonly IPicture[];
}

/** A form for a model of pictures: choose some, see what it finds drawn in. */
export function TryPictures(props: IProps): React.JSX.Element {
  const { asking, described, title, examples } = props;
  const trans = useTrans();
  const [isAnswered, setAnswered] = useState(false);
  const { algorithm, dataset } = described.parameters;
  const weight = `${algorithm}_${dataset}${asking.version}`;
  return (
    <section className="crispdm-TryModel">
      <PredictForm
        title={title}
        examples={examples}
        deployments={null}
        answering={trans.__('%1, version %2, answers.', asking.name, asking.version)}
        ask={images => asking.predict(images, weight)}
        onAnswered={() => setAnswered(true)}
      />
      {isAnswered && (
        <Programs
          url={asking.url.replace(/v2\/models\/.*$/, 'predict')}
          body={{ images: [trans.__('a picture in base64')], weight }}
          part="Responses"
        />
      )}
    </section>
  );
}
