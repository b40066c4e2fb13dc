import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { ApiClient } from '../../api';
import { JobsApi } from '../../api/jobs';
import { JOB_FILES } from '../../tokens/jobs';

/** The files that jobs left behind, as a drive of Lab that can only be read. */
export class JobFiles implements Contents.IDrive {
  constructor(private readonly _client: ApiClient) {
    this._api = new JobsApi(_client);
  }

  readonly name = JOB_FILES;

  get serverSettings(): ServerConnection.ISettings {
    return this._client.settings;
  }

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(path: string, options: Contents.IFetchOptions = {}): Promise<Contents.IModel> {
    const { job, file } = split(path);
    if (file === '') {
      return folder(path);
    }
    const artifact = (await this._api.artifacts(job)).find(one => one.path === file);
    if (!artifact) {
      throw new Error(`The job ${job} has no file ${file}.`);
    }
    const isNotebook = file.endsWith('.ipynb');
    const text = options.content === false ? null : await this._api.artifact(job, file);
    return {
      name: PathExt.basename(file),
      path,
      type: isNotebook ? 'notebook' : 'file',
      format: isNotebook ? 'json' : 'text',
      mimetype: isNotebook ? 'application/x-ipynb+json' : 'text/plain',
      content: text !== null && isNotebook ? (JSON.parse(text) as unknown) : text,
      created: artifact.modified,
      last_modified: artifact.modified,
      size: artifact.size,
      writable: false
    };
  }

  getDownloadUrl(path: string): Promise<string> {
    const { job, file } = split(path);
    return Promise.resolve(this._api.artifactUrl(job, file));
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  newUntitled = refuse;
  delete = refuse;
  rename = refuse;
  save = refuse;
  copy = refuse;
  createCheckpoint = refuse;
  restoreCheckpoint = refuse;
  deleteCheckpoint = refuse;

  private readonly _api: JobsApi;
  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

function split(path: string): { job: string; file: string } {
  const [job, ...rest] = path.split('/');
  return { job, file: rest.join('/') };
}

/** Lab asks for the folder of what was open; nobody looks into it. */
function folder(path: string): Contents.IModel {
  return {
    name: PathExt.basename(path),
    path,
    type: 'directory',
    format: 'json',
    mimetype: '',
    content: [],
    created: '',
    last_modified: '',
    writable: false
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The files of a job cannot be changed.'));
}
