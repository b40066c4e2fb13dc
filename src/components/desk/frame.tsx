import React, { useCallback, useEffect, useId, useRef, useState } from 'react';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import type { IVisitor } from './entry';
import { DeskIcon } from './icons';
import type { Life } from './lifebanner';
import { LifeBanner } from './lifebanner';
import type { IMenuProps } from './menu';
import { DeskMenu } from './menu';

/** What is around the pages of a dashboard. */
export interface IFrameProps extends IMenuProps {
  title: string;
  visitor: IVisitor;
  /** The address of all dashboards, and of the way out; empty to leave them out. */
  homeUrl: string;
  logOutUrl: string;
  /** The choice of a theme; null to leave it out. */
  theme: { value: string; choose: (value: string) => void } | null;
  /** How the saving of the visitor's work stands; null where it is not saved. */
  status: React.ReactNode;
  /** What of that which the dashboard lives from is gone. */
  life: Life;
  /** Bring the focus to the page. */
  onSkip: () => void;
}

/** The bar with the title, and the menu beside the page. Where there is little room the menu opens above it. */
export function DeskFrame(props: IFrameProps): React.JSX.Element {
  const { onGo, onSkip } = props;
  const trans = useTrans();
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = useCallback(() => {
    setIsOpen(false);
    button.current?.focus();
  }, []);
  const go = (slug: string): void => {
    setIsOpen(false);
    onGo(slug);
  };
  return (
    <>
      <button className="crispdm-Desk-skip" type="button" onClick={onSkip}>
        {trans.__('Skip to the page')}
      </button>
      <div className="crispdm-Desk-bar">
        <button
          className="crispdm-Desk-toggle"
          type="button"
          ref={button}
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={trans.__('Menu')}
          onClick={() => setIsOpen(!isOpen)}
        >
          <DeskIcon name="menu" />
        </button>
        <Title {...props} />
      </div>
      <LifeBanner life={props.life} onGoOn={null} />
      {isOpen && <div className="crispdm-Desk-scrim" onClick={close} />}
      <Drawer id={id} isOpen={isOpen} onClose={close}>
        <DeskMenu {...props} onGo={go} />
        <VisitorLine {...props} />
      </Drawer>
      {props.entries.length === 0 && (
        <div className="crispdm-Desk-nothing">
          <Empty title={trans.__('There is nothing for you here yet.')}>
            {trans.__('Its pages are for other roles than yours.')}
          </Empty>
        </div>
      )}
    </>
  );
}

function Title({ title, homeUrl, theme, status }: IFrameProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      {homeUrl && (
        <a
          className="crispdm-Desk-home"
          href={homeUrl}
          aria-label={trans.__('All dashboards')}
          title={trans.__('All dashboards')}
        >
          <DeskIcon name="back" />
          <span>{trans.__('All dashboards')}</span>
        </a>
      )}
      <strong className="crispdm-Desk-title" title={title}>
        {title}
      </strong>
      {status}
      {theme && <ThemeChoice {...theme} />}
    </>
  );
}

function ThemeChoice(props: { value: string; choose: (value: string) => void }): React.JSX.Element {
  const trans = useTrans();
  const [value, setValue] = useState(props.value);
  const choices = { auto: trans.__('System'), light: trans.__('Light'), dark: trans.__('Dark') };
  const choose = (chosen: string): void => {
    setValue(chosen);
    props.choose(chosen);
  };
  return (
    <label className="crispdm-Desk-theme">
      {trans.__('Theme')}
      <select
        className="crispdm-Input"
        value={value}
        onChange={event => choose(event.target.value)}
      >
        {Object.entries(choices).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The side with the menu. Opened above the page, it takes the focus, and gives it back at Escape. */
function Drawer(props: {
  id: string;
  isOpen: boolean;
  onClose: () => void;
  children: React.ReactNode;
}): React.JSX.Element {
  const { id, isOpen, onClose, children } = props;
  const side = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) {
      const find = (what: string): HTMLElement | null | undefined =>
        side.current?.querySelector(what);
      (find('[aria-current="page"]') ?? find('.crispdm-Desk-link'))?.focus();
    }
  }, [isOpen]);
  return (
    <div
      className="crispdm-Desk-side"
      id={id}
      ref={side}
      data-open={isOpen || undefined}
      onKeyDown={event => {
        if (isOpen && event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {children}
    </div>
  );
}

function VisitorLine({ visitor, logOutUrl }: IFrameProps): React.JSX.Element | null {
  const trans = useTrans();
  const roles: Record<string, string> = {
    viewer: trans.__('Viewer'),
    analyst: trans.__('Analyst'),
    admin: trans.__('Admin')
  };
  if (!visitor.name && !logOutUrl) {
    return null;
  }
  const role = own(roles, visitor.role) ?? visitor.role;
  return (
    <div className="crispdm-Desk-visitor">
      <span className="crispdm-Desk-initial" aria-hidden="true">
        {[...visitor.name][0]?.toUpperCase() ?? '·'}
      </span>
      <span className="crispdm-Desk-who" title={trans.__('Logged in as %1', visitor.name)}>
        <span>{visitor.name}</span>
        <small>{role}</small>
      </span>
      {logOutUrl && <a href={logOutUrl}>{trans.__('Log out')}</a>}
    </div>
  );
}
