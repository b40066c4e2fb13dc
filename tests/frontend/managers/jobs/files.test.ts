import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { JobFiles } from '../../../../src/managers/jobs/files';
import { jobFilePath } from '../../../../src/tokens/jobs';
import { fakeServer, json } from '../../support';

const artifacts = [
  { path: 'work.ipynb', size: 20, modified: '2026-11-21T10:00:00Z' },
  { path: 'sub/a b.txt', size: 5, modified: '2026-11-21T10:00:00Z' }
];
const notebook = { cells: [], nbformat: 4 };

function drive(): { files: JobFiles; asked: { path: string }[] } {
  const { settings, asked } = fakeServer(({ path }) => {
    if (path.endsWith('/artifacts')) {
      return json({ artifacts });
    }
    return path.endsWith('.ipynb') ? json(notebook) : new Response('hello');
  });
  return { files: new JobFiles(new ApiClient(settings)), asked };
}

describe('JobFiles', () => {
  it('reads a notebook that a job kept', async () => {
    const model = await drive().files.get('j1/work.ipynb');
    expect(model).toMatchObject({
      type: 'notebook',
      format: 'json',
      name: 'work.ipynb',
      writable: false
    });
    expect(model.content).toEqual(notebook);
  });

  it('reads a text, with every part of its path quoted', async () => {
    const { files, asked } = drive();
    const model = await files.get('j1/sub/a b.txt');
    expect(model).toMatchObject({
      type: 'file',
      format: 'text',
      content: 'hello',
      name: 'a b.txt'
    });
    expect(asked.at(-1)?.path).toBe('/base/crispdm/api/jobs/j1/artifacts/sub/a%20b.txt');
  });

  it('fetches nothing but the list when the content is not wanted', async () => {
    const { files, asked } = drive();
    expect((await files.get('j1/work.ipynb', { content: false })).content).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('has a folder for each job, without asking', async () => {
    const { files, asked } = drive();
    expect(await files.get('j1')).toMatchObject({ type: 'directory', path: 'j1', content: [] });
    expect(asked).toEqual([]);
  });

  it('says what is not there', async () => {
    await expect(drive().files.get('j1/no.ipynb')).rejects.toThrow('no file no.ipynb');
  });

  it('knows where to download from', async () => {
    const url = await drive().files.getDownloadUrl('j1/work.ipynb');
    expect(url).toContain('jobs/j1/artifacts/work.ipynb');
  });

  it('changes nothing', async () => {
    await expect(drive().files.save()).rejects.toThrow('cannot be changed');
    expect(await drive().files.listCheckpoints()).toEqual([]);
  });

  it('has a path for each file', () => {
    expect(jobFilePath('j1', 'work.ipynb')).toBe('crispdm-jobs:j1/work.ipynb');
  });
});
