export { PredictFormView } from './predict';
export { StreamTextView } from './text';
