import { nameOf } from '../../api/files/paths';
import { useTrans } from '../basics/context';
import { useBrowser } from './shared';

/** What a folder is called: those to begin in by what they are for. */
export function useFolderLabel(): (path: string, name?: string) => string {
  const { browsing } = useBrowser();
  const trans = useTrans();
  return (path, name = nameOf(path)) => {
    switch (browsing.files.folders.find(folder => folder.path === path)?.kind) {
      case 'home':
        return trans.__('My files');
      case 'root':
        return trans.__('All files');
      default:
        return name;
    }
  };
}
