import js from '@eslint/js';
import jupyterPlugin from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { ownNames } from './scripts/ownnames.mjs';

/** The layers of src/, lowest first. A file imports from its own layer and from those below. */
const LAYERS = ['api', 'tokens', 'managers', 'components', 'widgets', 'panels', 'plugins', 'rooms'];

/** No layer imports a layer above it; api and components never meet Lab's shell. */
function layer(name, forbidden = []) {
  const above = LAYERS.slice(LAYERS.indexOf(name) + 1);
  return {
    files: [`src/${name}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: above.map(upper => `**/${upper}/**`),
              message: `src/${name} may not import what stands above it.`
            },
            ...(forbidden.length > 0
              ? [{ group: forbidden, message: `src/${name} also runs outside Lab's shell.` }]
              : [])
          ]
        }
      ]
    }
  };
}

const SHELL = [
  '@jupyterlab/application',
  '@jupyterlab/filebrowser',
  '@jupyterlab/notebook',
  '@jupyterlab/statusbar'
];

/** What plugins share and is small, and the panel itself: it is there from the start. */
const EAGER = [
  '*/api',
  '*/managers/basics/workbench',
  '*/panels/sidepanel',
  '*/components/jobs/running',
  '*/basics/commands',
  '*/targets',
  '*/runnable',
  './commands',
  './stopping'
];

export default defineConfig([
  { ignores: ['node_modules', 'lib', 'labextension/dist', '.venv', 'src/api/generated.ts'] },
  { plugins: { jupyter: jupyterPlugin } },
  jupyterPlugin.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'tests/frontend/**/*.{ts,tsx}', 'benchmarks/**/*.{ts,tsx}'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: {
      globals: globals.browser,
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: true } }
      ],
      '@typescript-eslint/no-namespace': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      // Lumino calls a slot with the `this` that it was connected with.
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Only src/api talks to the server.' },
        { name: 'WebSocket', message: 'Only src/api talks to the server.' },
        { name: 'EventSource', message: 'Only src/api talks to the server.' }
      ],
      'prefer-arrow-callback': 'error',
      'jupyter/prefer-lazy-imports': ['error', { ignoreImports: EAGER }]
    }
  },
  {
    // What the side panel shows is there from the start; pages and dialogs are loaded when they are opened.
    files: ['src/plugins/*/section.ts'],
    rules: {
      'jupyter/prefer-lazy-imports': ['error', { ignoreImports: [...EAGER, '*/panels/*/body'] }]
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { crispdm: { rules: { 'own-names': ownNames } } },
    rules: { 'crispdm/own-names': 'error' }
  },
  layer('api', SHELL),
  layer('tokens', SHELL),
  layer('managers', SHELL),
  layer('components', [...SHELL, '**/managers/**']),
  layer('widgets', SHELL),
  layer('panels', ['**/managers/**', '**/widgets/**']),
  {
    files: ['tests/frontend/**/*.{ts,tsx}', 'benchmarks/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': 'off',
      'max-lines-per-function': 'off',
      'jupyter/no-untranslated-string': 'off',
      'jupyter/prefer-lazy-imports': 'off',
      'jupyter/require-disposable-ownership': 'off',
      // How fast a machine is decides no test.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='vi'][callee.property.name=/^wait(For|Until)$/]",
          message: 'It gives up after a second: wait with waitFor of @testing-library/react.'
        },
        {
          selector:
            "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout'] > Literal[value>0]",
          message:
            'What comes after a sleep may come later: wait for the fact, or for pending.rest().'
        }
      ]
    }
  },
  prettier
]);
