import { LabIcon } from '@jupyterlab/ui-components';

/** The circle of the six CRISP-DM phases. */
export const crispdmIcon = new LabIcon({
  name: 'jupyter-crispdm:icon',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24">
  <g class="jp-icon3" fill="#616161">
    <circle cx="12" cy="4" r="2.2"/><circle cx="18.9" cy="8" r="2.2"/><circle cx="18.9" cy="16" r="2.2"/>
    <circle cx="12" cy="20" r="2.2"/><circle cx="5.1" cy="16" r="2.2"/><circle cx="5.1" cy="8" r="2.2"/>
    <path d="M8 14.6l2.6-3 2 1.8 3-4.1 1.1.8-3.9 5.4-2.1-1.9-1.7 1.9z"/>
  </g>
</svg>`
});

/** A file that is sent off to run by itself. */
export const runAsJobIcon = new LabIcon({
  name: 'jupyter-crispdm:run-as-job',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24">
  <g class="jp-icon3" fill="#616161">
    <path d="M4 3h9l5 5v3h-2V9h-4V5H6v14h5v2H4z"/><path d="M13 12.5v9l8-4.5z"/>
  </g>
</svg>`
});
