import React, { useId } from 'react';
import { useTrans } from '../basics/context';
import { StateIcon } from '../jobs/state';
import { stepTo } from '../basics/virtualrows';
import { DeskIcon } from './icons';
import type { IEntry, IGroup } from './entry';
import { groupsOf } from './entry';

/** What a menu shows and does. */
export interface IMenuProps {
  entries: readonly IEntry[];
  /** Slugs of what is offered beside the author's pages; it stands below them. */
  extras: readonly string[];
  current: string;
  /** The address of a page; empty where pages have none. */
  hrefOf: (slug: string) => string;
  /** The address of the licence; empty to leave it out. */
  licenceUrl: string;
  onGo: (slug: string) => void;
}

/** The pages in their order. Arrow keys go from one to the next. */
export function DeskMenu(props: IMenuProps): React.JSX.Element {
  const { entries, extras, licenceUrl } = props;
  const trans = useTrans();
  const own = entries.filter(({ slug }) => !extras.includes(slug));
  const more = entries.filter(({ slug }) => extras.includes(slug));
  return (
    <nav className="crispdm-Desk-menu" aria-label={trans.__('Pages')} onKeyDown={moveFocus}>
      {groupsOf(own).map((group, at) => (
        <Group key={`${group.name}/${at}`} {...props} group={group} />
      ))}
      {(more.length > 0 || licenceUrl) && (
        <ul className="crispdm-Desk-extras" aria-label={trans.__('Tools')}>
          {more.map(entry => (
            <Item key={entry.slug} {...props} entry={entry} />
          ))}
          {licenceUrl && <LicenceItem url={licenceUrl} />}
        </ul>
      )}
    </nav>
  );
}

function Group(props: IMenuProps & { group: IGroup }): React.JSX.Element {
  const { group } = props;
  const id = useId();
  return (
    <>
      {group.name && (
        <p className="crispdm-Desk-group" id={id} title={group.name}>
          {group.name}
        </p>
      )}
      <ul aria-labelledby={group.name ? id : undefined} data-group={group.name || undefined}>
        {group.entries.map(entry => (
          <Item key={entry.slug} {...props} entry={entry} />
        ))}
      </ul>
    </>
  );
}

const MARKS = { running: 'running', done: 'succeeded', failed: 'failed' } as const;

function Item(props: IMenuProps & { entry: IEntry }): React.JSX.Element {
  const { entry, current, hrefOf, onGo } = props;
  const { slug, name, icon, state, trouble } = entry;
  const isCurrent = slug === current;
  const href = hrefOf(slug);
  const mark = trouble ? 'failed' : state;
  const inside = (
    <>
      <DeskIcon name={icon} />
      <span className="crispdm-Desk-name">{name}</span>
      {mark && <StateIcon state={MARKS[mark]} />}
    </>
  );
  const shared = {
    className: 'crispdm-Desk-link',
    title: name,
    tabIndex: isCurrent || current === '' ? 0 : -1,
    'aria-current': isCurrent ? ('page' as const) : undefined,
    onClick: (event: React.MouseEvent) => {
      if (!isForAnotherTab(event)) {
        event.preventDefault();
        onGo(slug);
      }
    }
  };
  return (
    <li>
      {href ? (
        <a {...shared} href={href}>
          {inside}
        </a>
      ) : (
        <button {...shared} type="button">
          {inside}
        </button>
      )}
    </li>
  );
}

function LicenceItem({ url }: { url: string }): React.JSX.Element {
  const trans = useTrans();
  return (
    <li>
      <a className="crispdm-Desk-link" href={url} target="_blank" rel="noopener" tabIndex={-1}>
        <DeskIcon name="licence" />
        <span className="crispdm-Desk-name">{trans.__('Licence')}</span>
        <span className="crispdm-Desk-outside" title={trans.__('Opens in a new tab')}>
          <DeskIcon name="outside" />
        </span>
      </a>
    </li>
  );
}

/** Whether a click is meant for another tab or window: the browser opens the link there. */
function isForAnotherTab(event: React.MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
}

function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.crispdm-Desk-link')];
  const next = stepTo(event.key, items.indexOf(event.target as HTMLElement), items.length);
  if (next !== null) {
    event.preventDefault();
    items[next]?.focus();
  }
}
