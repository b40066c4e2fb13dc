export { JobTableView, LogView } from './jobs';
export { PredictFormView } from './predict';
export { CrispdmModel } from './react';
export { TrainingPlotView } from './training';
