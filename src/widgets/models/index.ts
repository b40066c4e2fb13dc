export { PredictFormView } from './predict';
