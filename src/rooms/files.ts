import { FilesApi } from '../api/files/files';
import { UploadsApi } from '../api/files/uploads';
import { provide } from '../managers/basics/workbench';
import { FilesManager } from '../managers/files/manager';
import { UploadsManager } from '../managers/files/uploads';
import { IFiles, IUploads } from '../tokens/files';
import type { IRoom } from './room';

export const filesRoom: IRoom = {
  name: 'files',
  shares: [
    provide(IFiles, ({ api }) => new FilesManager(api)),
    provide(IUploads, workbench => {
      const files = new FilesApi(workbench.api);
      return new UploadsManager(new UploadsApi(workbench.api), {
        list: path => files.list(path),
        changedIn: path => void workbench.get(IFiles).changedIn(path)
      });
    })
  ],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/files')
};
