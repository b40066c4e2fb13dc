import React from 'react';
import { useTrans } from '../basics/context';

/** A page of JupyterLab within ours, and a way to see it in a tab of its own. */
export function NotebookFrame(props: {
  url: string;
  tabUrl: string;
  name: string;
}): React.JSX.Element {
  const { url, tabUrl, name } = props;
  const trans = useTrans();
  const title = name || trans.__('JupyterLab');
  return (
    <section className="crispdm-Card crispdm-NotebookFrame" aria-label={title}>
      <div className="crispdm-Toolbar">
        <span className="crispdm-NotebookFrame-name" title={title}>
          {title}
        </span>
        <a className="crispdm-Button" href={tabUrl} target="_blank" rel="noopener">
          {trans.__('Open in a new tab')}
        </a>
      </div>
      <iframe src={url} title={title} />
    </section>
  );
}
