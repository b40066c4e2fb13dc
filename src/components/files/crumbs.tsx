import React from 'react';
import { stepsTo } from '../../api/files/paths';
import { useTrans } from '../basics/context';
import { useDrop } from './drop';
import { ActionIcon } from './icons';
import { useFolderLabel } from './labels';
import { FileName } from './list/name';
import { useBrowser } from './shared';

/** The way to the open folder: each step opens it, and takes what is dropped on it. */
export function Crumbs(): React.JSX.Element {
  const { browsing } = useBrowser();
  const { files, path, isTrashShown, canWrite } = browsing;
  const trans = useTrans();
  const steps = stepsTo(path, browsing.topOf(path));
  return (
    <nav className="crispdm-Crumbs" aria-label={trans.__('Open folder')}>
      <ol>
        {steps.map((step, at) => (
          <Crumb key={step} path={step} isLast={!isTrashShown && at === steps.length - 1} />
        ))}
        {isTrashShown && (
          <li className="crispdm-Crumbs-step" aria-current="page">
            <strong>{trans.__('Trash')}</strong>
          </li>
        )}
      </ol>
      {!isTrashShown && files.isReady && !canWrite && (
        <span
          className="crispdm-Crumbs-note"
          title={trans.__('Files of this folder can be looked at and downloaded, not changed.')}
        >
          <ActionIcon name="locked" />
          {trans.__('Read only')}
        </span>
      )}
    </nav>
  );
}

function Crumb({ path, isLast }: { path: string; isLast: boolean }): React.JSX.Element {
  const { browsing } = useBrowser();
  const target = useDrop(path);
  const label = useFolderLabel()(path);
  return (
    <li className="crispdm-Crumbs-step" data-over={target.isOver} {...target.handlers}>
      <button
        type="button"
        aria-current={isLast ? 'page' : undefined}
        onClick={() => browsing.go(path)}
      >
        <FileName name={label} />
      </button>
    </li>
  );
}
