import React from 'react';
import type { Artifact } from '../../api';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatBytes, formatMoment } from '../basics/format';

/** The files that a job left behind, each to be downloaded. */
export function ArtifactList(props: {
  artifacts: readonly Artifact[];
  urlOf: (path: string) => string;
}): React.JSX.Element {
  const trans = useTrans();
  const { artifacts, urlOf } = props;
  if (artifacts.length === 0) {
    return (
      <Empty title={trans.__('No files yet.')}>
        {trans.__('A job keeps a file by saying:')}
        <code className="crispdm-Code">{EXAMPLE}</code>
      </Empty>
    );
  }
  return (
    <table className="crispdm-Table crispdm-mod-files">
      <thead>
        <tr>
          <th scope="col">{trans.__('File')}</th>
          <th scope="col">{trans.__('Size')}</th>
          <th scope="col">{trans.__('Written')}</th>
        </tr>
      </thead>
      <tbody>
        {artifacts.map(artifact => (
          <tr key={artifact.path}>
            <th scope="row">
              <a href={urlOf(artifact.path)} download>
                {artifact.path}
              </a>
            </th>
            <td>{formatBytes(artifact.size)}</td>
            <td>{formatMoment(artifact.modified)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const EXAMPLE = 'crispdm.artifact("confusion.png")';
