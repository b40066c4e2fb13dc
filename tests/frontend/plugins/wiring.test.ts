import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import plugins from '../../../src/index';

const SCHEMAS = 'labextension/schema';

/** Every command: they stand in namespaces beside the tokens of their rooms. */
async function allCommands(): Promise<string[]> {
  const files = readdirSync('src/tokens').map(name => `../../../src/tokens/${name}`);
  const tokens = await Promise.all(
    files.map(async file => (await import(/* @vite-ignore */ file)) as Record<string, object>)
  );
  return tokens
    .flatMap(Object.entries<object>)
    .filter(([name]) => name.endsWith('Commands'))
    .flatMap(([, commands]) => Object.values(commands) as string[]);
}

function schema(name: string): string {
  return readFileSync(`${SCHEMAS}/${name}`, 'utf-8');
}

describe('plugins', () => {
  it('have names of their own and say what they do', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    plugins.forEach(plugin => {
      expect(plugin.id).toMatch(/^jupyter-crispdm:[a-z-]+$/);
      expect(plugin.description).toBeTruthy();
    });
  });

  it('have a plugin behind every schema, or its menus would never be read', () => {
    const ids = plugins.map(plugin => plugin.id);
    readdirSync(SCHEMAS).forEach(name =>
      expect(ids).toContain(`jupyter-crispdm:${name.replace('.json', '')}`)
    );
  });

  it('wire no command into menus, toolbars and shortcuts that does not exist', async () => {
    const known = await allCommands();
    const used = readdirSync(SCHEMAS).flatMap(name =>
      [...schema(name).matchAll(/"command": "([^"]+)"/g)].map(match => match[1])
    );
    expect(used.length).toBeGreaterThan(5);
    used.forEach(command => expect(known).toContain(command));
  });
});

describe('style', () => {
  it('takes its colours from the theme only', () => {
    readdirSync('labextension/style')
      .filter(name => name.endsWith('.css'))
      .forEach(name => {
        const css = readFileSync(`labextension/style/${name}`, 'utf-8');
        const bare = css.replace(/var\(--jp-[\w-]+,\s*#\w+\)/g, '');
        expect(bare.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi) ?? []).toEqual([]);
      });
  });

  // proves: house.pages-ask-nobody
  it('asks no other host', () => {
    readdirSync('labextension/style').forEach(name =>
      expect(readFileSync(`labextension/style/${name}`, 'utf-8')).not.toMatch(/https?:\/\//)
    );
  });
});
