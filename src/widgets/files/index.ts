export { FileBrowserView } from './browser';
