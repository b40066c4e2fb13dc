export { DashboardView } from './dashboard';
export { EnvironmentPickerView } from './environment';
export { DashboardModel } from './model';
export { ModelTableView } from './models';
export { NotebookFrameView } from './notebook';
