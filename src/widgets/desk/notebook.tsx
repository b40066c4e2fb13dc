import { URLExt } from '@jupyterlab/coreutils';
import React from 'react';
import { NotebookFrame } from '../../components/desk/notebookframe';
import { ReactView } from '../basics/react';
import { serverUrl } from './surroundings';

/** The layout that Lab has in a frame: not that of its own tab, so that neither changes the other. */
const WORKSPACE = 'lab/workspaces/dashboard';

/** JupyterLab, or one notebook in it. */
export class NotebookFrameView extends ReactView {
  protected body(): React.ReactElement {
    const path = this.value<string>('path');
    const tree = path ? `/tree/${URLExt.encodeParts(path)}` : '';
    return (
      <NotebookFrame
        name={path.split('/').at(-1) ?? ''}
        url={serverUrl(`${WORKSPACE}${tree}`)}
        tabUrl={serverUrl(`lab${tree}`)}
      />
    );
  }
}
