export { EnvironmentsBody } from './body';
export { CreationDialog } from './dialog';
export { CreationModel } from './model';
export { CompareBody, PackagesBody } from './packages';
