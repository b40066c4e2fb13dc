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

/** Goes on after a pause. */
export const resumeIcon = new LabIcon({
  name: 'jupyter-crispdm:resume',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24">
  <g class="jp-icon3" fill="#616161"><path d="M5 5h3v14H5zM10.5 5v14l10-7z"/></g>
</svg>`
});

/** Something that happens at a time. */
export const scheduleIcon = new LabIcon({
  name: 'jupyter-crispdm:schedule',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14z"/><path d="M11 7h2v4.6l3.3 2-1 1.700-4.300-2.600z"/>
  </g>
</svg>`
});
