import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import type { Deployment, ModelVersion } from '../../api';
import { ModelCommands } from '../../tokens/models';
import { useTrans } from '../basics/context';

/** What can be done with one version: deploy, name, trust, download, delete. */
export function VersionCommands(props: {
  version: ModelVersion;
  deployment: Deployment | undefined;
  fileUrl: string;
  run: (command: string, args: ReadonlyPartialJSONObject) => void;
}): React.JSX.Element {
  const { version, deployment, fileUrl, run } = props;
  const trans = useTrans();
  const args = { name: version.name, version: version.version };
  const isUp = deployment !== undefined && deployment.state !== 'failed';
  const needsTrust = version.types.some(type => !version.trust?.types.includes(type));
  return (
    <div className="crispdm-Toolbar" role="group" aria-label={trans.__('Version')}>
      {deployment && isUp ? (
        <button
          className="crispdm-Button"
          onClick={() => run(ModelCommands.withdraw, { id: deployment.id })}
        >
          {trans.__('Withdraw')}
        </button>
      ) : (
        <button
          className="crispdm-Button crispdm-mod-accept"
          onClick={() => run(ModelCommands.deploy, args)}
        >
          {trans.__('Deploy')}
        </button>
      )}
      <button className="crispdm-Button" onClick={() => run(ModelCommands.setAlias, args)}>
        {trans.__('Set alias…')}
      </button>
      {version.aliases.map(alias => (
        <button
          key={alias}
          className="crispdm-Button"
          onClick={() => run(ModelCommands.removeAlias, { name: version.name, alias })}
        >
          {trans.__('Remove @%1', alias)}
        </button>
      ))}
      {needsTrust && (
        <button className="crispdm-Button" onClick={() => run(ModelCommands.trust, args)}>
          {trans.__('Trust…')}
        </button>
      )}
      <a className="crispdm-Button" href={fileUrl} download>
        {trans.__('Download')}
      </a>
      <button className="crispdm-Button" onClick={() => run(ModelCommands.remove, args)}>
        {trans.__('Delete…')}
      </button>
    </div>
  );
}
