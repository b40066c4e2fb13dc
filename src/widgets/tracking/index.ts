export { LogView } from './log';
export { MediaView } from './media';
export { TrainingPlotView } from './training';
