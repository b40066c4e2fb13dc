export { JobTableView } from './table';
