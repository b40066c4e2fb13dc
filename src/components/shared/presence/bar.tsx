import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import type { Visitor } from '../../../api/state';
import { useTrans } from '../../basics/context';
import { Avatar } from './avatar';

/** So many are shown without being asked for. */
const MOST = 8;

/** Who else is here, and where: a click on somebody follows them, another one ends it. */
export function PresenceBar(props: {
  others: readonly Visitor[];
  isReady: boolean;
  following: string;
  onFollow: (session: string) => void;
}): React.JSX.Element {
  const { others, isReady, following, onFollow } = props;
  const trans = useTrans();
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? others : others.slice(0, MOST);
  const left = others.length - shown.length;
  return (
    <section className="crispdm-Presence" aria-label={trans.__('Who is here')}>
      {others.length === 0 && (
        <p className="crispdm-Presence-nobody">
          {isReady ? trans.__('Nobody else is here now.') : trans.__('Looking who is here…')}
        </p>
      )}
      <ul className="crispdm-Presence-list">
        {shown.map(visitor => (
          <li key={visitor.session}>
            <Person
              visitor={visitor}
              isFollowed={visitor.session === following}
              onFollow={onFollow}
            />
          </li>
        ))}
        {left > 0 && (
          <li>
            <button className="crispdm-Button" onClick={() => setIsWhole(true)}>
              {trans.__('%1 more', left)}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

function Person(props: {
  visitor: Visitor;
  isFollowed: boolean;
  onFollow: (session: string) => void;
}): React.JSX.Element {
  const { visitor, isFollowed, onFollow } = props;
  const trans = useTrans();
  const { session, user, color, page } = visitor;
  const place = placeOf(trans, visitor);
  const canFollow = page !== '';
  return (
    <button
      className="crispdm-Presence-person"
      data-color={color}
      aria-pressed={isFollowed}
      disabled={!canFollow}
      title={canFollow ? trans.__('Follow %1: %2', user, place) : trans.__('%1: %2', user, place)}
      onClick={() => onFollow(isFollowed ? '' : session)}
    >
      <Avatar name={user} color={color} />
      <span className="crispdm-Presence-words">
        <span className="crispdm-Presence-name">{user}</span>
        <span className="crispdm-Presence-place">{place}</span>
      </span>
    </button>
  );
}

/** Where somebody is, in words. */
function placeOf(trans: TranslationBundle, { page, title }: Visitor): string {
  if (page === '') {
    return trans.__('elsewhere');
  }
  return title || nameIn(page);
}

/** The last part of a path, for a page without a title. */
function nameIn(page: string): string {
  return page.split('/').filter(Boolean).at(-1) ?? page;
}
