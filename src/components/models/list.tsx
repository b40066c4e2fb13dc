import React from 'react';
import type { Deployment, ModelVersion } from '../../api';
import type { IModels } from '../../tokens/models';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatMoment } from '../basics/format';
import { deploymentLabel } from './labels';

/** What a list of models shows and does. */
export interface IModelListProps {
  models: IModels;
  versions: readonly ModelVersion[];
  /** Deploys and withdraws; without them the list only shows. */
  onDeploy?: (version: ModelVersion) => void;
  onUndeploy?: (deployment: Deployment) => void;
  /** Opens the page of a model. */
  onOpen?: (name: string) => void;
}

/** Versions of models, each with what it is and whether it answers predictions. */
export function ModelList(props: IModelListProps): React.JSX.Element {
  const trans = useTrans();
  if (props.versions.length === 0) {
    return (
      <Empty title={trans.__('No models yet.')}>
        {trans.__('Training code registers one by saying:')}
        <code className="crispdm-Code">{EXAMPLE}</code>
      </Empty>
    );
  }
  return (
    <ul className="crispdm-List" aria-label={trans.__('Models')}>
      {props.versions.map(version => (
        <li key={`${version.name}/${version.version}`}>
          <ModelItem {...props} version={version} />
        </li>
      ))}
    </ul>
  );
}

function ModelItem(props: IModelListProps & { version: ModelVersion }): React.JSX.Element {
  const { models, version, onOpen } = props;
  const trans = useTrans();
  const deployment = models.deploymentOf(version.name, version.version);
  const state = deployment && deploymentLabel(trans, deployment);
  const detail = [state, version.task, version.format].filter(Boolean).join(' · ');
  const name = trans.__('%1, version %2', version.name, version.version);
  const aliases = version.aliases.map(alias => `@${alias}`).join(' ');
  return (
    <>
      <span
        className="crispdm-List-name"
        title={[name, aliases, formatMoment(version.created)].filter(Boolean).join('\n')}
      >
        {onOpen ? (
          <button className="crispdm-DataGrid-name" onClick={() => onOpen(version.name)}>
            {name}
          </button>
        ) : (
          name
        )}{' '}
        <small>{aliases}</small>
      </span>
      <span className="crispdm-List-detail" title={detail}>
        {detail}
      </span>
      <DeployButton {...props} deployment={deployment} />
    </>
  );
}

function DeployButton(
  props: IModelListProps & { version: ModelVersion; deployment: Deployment | undefined }
): React.JSX.Element | null {
  const { models, version, deployment, onDeploy, onUndeploy } = props;
  const trans = useTrans();
  if (!onDeploy || !onUndeploy) {
    return null;
  }
  const isUp = deployment?.state === 'ready' || deployment?.state === 'starting';
  const { name, version: number } = version;
  if (deployment && isUp) {
    return (
      <button
        className="crispdm-Button"
        aria-label={trans.__('Withdraw %1, version %2', name, number)}
        onClick={() => onUndeploy(deployment)}
      >
        {trans.__('Withdraw')}
      </button>
    );
  }
  return (
    <button
      className="crispdm-Button crispdm-mod-accept"
      aria-label={trans.__('Deploy %1, version %2', name, number)}
      disabled={models.isPending(name, number)}
      onClick={() => onDeploy(version)}
    >
      {trans.__('Deploy')}
    </button>
  );
}

const EXAMPLE = 'crispdm.model("model.pt", name="digits")';
