import type { IRoom } from './room';

/** The shell of dashboards, and what it offers beside their authors' pages. */
export const deskRoom: IRoom = {
  name: 'desk',
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/desk')
};
