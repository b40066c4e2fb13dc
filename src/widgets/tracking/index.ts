export { LogView } from './log';
export { TrainingPlotView } from './training';
