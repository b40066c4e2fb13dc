import React from 'react';
import type { IMedia } from '../../tokens/metrics';
import { FactsGuard } from '../basics/facts';
import { useFacts } from '../basics/hooks';
import { useShown } from '../basics/visibility';
import { MediaGallery } from './gallery';

/** What a job keeps, as it comes; `names` are those that are wanted, and none means all. */
export function MediaView(props: { model: IMedia; names?: readonly string[] }): React.JSX.Element {
  const { model, names = [] } = props;
  useFacts(model);
  useShown(model);
  const { series, trouble } = model;
  return (
    <FactsGuard facts={model}>
      {trouble !== '' && <p className="crispdm-Media-trouble">{trouble}</p>}
      <MediaGallery
        media={names.length === 0 ? series : series.filter(({ name }) => isWanted(name, names))}
        urlOf={(one, piece) => model.urlOf(one, piece)}
        read={(one, piece) => model.read(one, piece)}
      />
    </FactsGuard>
  );
}

/** Whether a name is among those that are wanted, of which one may end in `*`. */
export function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some(one => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
}
