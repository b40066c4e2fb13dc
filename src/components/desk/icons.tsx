import React, { useEffect, useState } from 'react';
import { own } from '../../api/own';

/** Drawn with lines of one width, in a square of 24. */
const SHAPES: Readonly<Record<string, string>> = {
  page: 'M6 3h8l4 4v14H6zM14 3v4h4',
  home: 'M4 11l8-7 8 7M6 9.5V20h4.5v-5.5h3V20H18V9.5',
  goal: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M12 7.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M12 12h.01',
  data: 'M5 6c0-1.7 3.1-3 7-3s7 1.3 7 3-3.1 3-7 3-7-1.3-7-3M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3',
  prepare:
    'M4 7h9M19 7h1M16 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M4 17h1M11 17h9M8 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5',
  train: 'M4 4v16h16M7 7c1.5 6 5 8.5 12 9.5',
  evaluate: 'M4 12l5 5L20 6',
  deploy: 'M12 15V4M7.5 8.5L12 4l4.5 4.5M4 15v5h16v-5',
  files: 'M3 6h6l2 2.5h10V19H3z',
  jobs: 'M4 5h16v4H4zM4 13h16v4H4zM7 7h.01M7 15h.01M4 21h16',
  models: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  ask: 'M4 4h16v12h-9l-4 4v-4H4zM9.8 8.7a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M12 14h.01',
  notebook: 'M6 3h13v18H6zM4 7h4M4 12h4M4 17h4M11 8h5M11 12h5',
  licence: 'M12 4v16M7 20h10M5 7h14M5 7l-2.5 6a2.7 2.7 0 0 0 5 0zM19 7l-2.5 6a2.7 2.7 0 0 0 5 0z',
  settings:
    'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  work: 'M5 3h12l2 2v16H5zM8 3v5h7V3M8 21v-7h8v7',
  live: 'M3 12h4l3-8 4 16 3-8h4',
  people:
    'M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5.5a3 3 0 0 1 0 6M18 14.5c2 .7 3.2 2.5 3.5 5.5',
  menu: 'M4 6h16M4 12h16M4 18h16',
  outside: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  back: 'M14 5l-7 7 7 7'
};

/** A small picture by its name: one of ours, or one of JupyterLab's, whose names have a colon. */
export function DeskIcon({ name }: { name: string }): React.JSX.Element {
  if (name.includes(':')) {
    return <LabPicture name={name} />;
  }
  return (
    <svg className="crispdm-DeskIcon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={own(SHAPES, name) ?? SHAPES.page} />
    </svg>
  );
}

type Picture = React.ComponentType<{ tag: 'span'; className: string }>;

/** One of JupyterLab's pictures, once they are loaded; a page without them shows the picture of a page. */
function LabPicture({ name }: { name: string }): React.JSX.Element {
  const [Found, setFound] = useState<{ picture: Picture } | null>(null);
  useEffect(() => {
    let isGone = false;
    void import('@jupyterlab/ui-components').then(
      ({ LabIcon }) => {
        const icon = LabIcon.resolve({ icon: name });
        if (!isGone) {
          setFound({ picture: icon.react as unknown as Picture });
        }
      },
      () => undefined
    );
    return () => {
      isGone = true;
    };
  }, [name]);
  return Found ? (
    <Found.picture tag="span" className="crispdm-DeskIcon" />
  ) : (
    <DeskIcon name="page" />
  );
}
