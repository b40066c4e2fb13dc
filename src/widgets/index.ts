export { JobTableView, LogView } from './jobs/table';
export { PredictFormView } from './models/predict';
export { CrispdmModel } from './basics/react';
export { TrainingPlotView } from './curves/training';
