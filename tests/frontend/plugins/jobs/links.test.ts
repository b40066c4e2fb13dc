import type { IRouter, JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { describe, expect, it, vi } from 'vitest';
import { JobCommands } from '../../../../src/tokens/jobs';
import { jobLinksPlugin } from '../../../../src/plugins/jobs/links';

function follow(search: string) {
  const commands = new CommandRegistry();
  const opened: unknown[] = [];
  commands.addCommand(JobCommands.open, {
    describedBy: { args: {} },
    execute: args => opened.push(args.id)
  });
  const navigate = vi.fn();
  const register = vi.fn();
  const current = { path: '/lab', search, hash: '', request: `/lab${search}` };
  const router = { current, navigate, register } as unknown as IRouter;
  const app = { commands, restored: Promise.resolve() } as unknown as JupyterFrontEnd;
  void jobLinksPlugin.activate(app, router);
  const done = commands.execute(JobCommands.followLink);
  return { done, opened, navigate, register };
}

describe('the link to a job', () => {
  // proves: demo.lab-open
  it('opens it, and leaves the address', async () => {
    const { done, opened, navigate, register } = follow('?reset&job=20261121-1.a_b-c');
    await done;
    expect(opened).toEqual(['20261121-1.a_b-c']);
    expect(navigate).toHaveBeenCalledWith('/lab?reset', { skipRouting: true });
    expect(register).toHaveBeenCalled();
  });

  it.each(['', '?job=', '?job=../x', '?job=a%2Fb', '?myjob=a', '?job=<b>'])(
    'does nothing for “%s”',
    async search => {
      const { done, opened, navigate } = follow(search);
      await done;
      expect(opened).toEqual([]);
      expect(navigate).not.toHaveBeenCalled();
    }
  );
});
