export { LiveMonitorView } from './monitor';
