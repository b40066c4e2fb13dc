export { SnapshotBarModel, SnapshotBarView } from './bar';
