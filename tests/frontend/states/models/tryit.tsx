import React from 'react';
import type { InferReply } from '../../../../src/api/serving';
import { ApiError } from '../../../../src/api';
import { TryModel } from '../../../../src/components/tryit/form';
import { FakeAsking } from '../../facts';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { REFUSAL } from '../workbench';

function form(change: Partial<FakeAsking> = {}): IScene['element'] {
  const asking = Object.assign(new FakeAsking(), change);
  return () => (
    <div className="crispdm-ModelPage">
      <div className="crispdm-Tabs-panel">
        <TryModel asking={asking} />
      </div>
    </div>
  );
}

/** Type rows when the form is there, and ask. */
function ask(...rows: string[]): (root: HTMLElement) => void {
  return root => {
    const look = (): void => {
      const field = root.querySelector('textarea');
      if (!field) {
        window.setTimeout(look, 5);
        return;
      }
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
      set?.call(field, rows.join('\n'));
      field.dispatchEvent(new Event('input', { bubbles: true }));
      window.setTimeout(() => root.querySelector<HTMLElement>('.crispdm-mod-accept')?.click(), 5);
    };
    look();
  };
}

const IRIS = new FakeAsking().described as Exclude<FakeAsking['described'], Error>;

export const TRY: IView = view({
  name: 'try-model',
  files: [
    'components/tryit/form.tsx',
    'components/tryit/rows.tsx',
    'components/tryit/pictures.tsx',
    'components/tryit/text.tsx',
    'components/tryit/programs.tsx'
  ],
  width: 760,
  height: 420,
  scenes: {
    empty: {
      element: form(),
      says: ['Rows: typed, pasted', 'Columns: features 1,features 2,features 3', 'CSV file…'],
      roles: { table: 0 }
    },
    loading: {
      element: form({ describe: () => new Promise<never>(() => undefined) }),
      says: ['Asking what the model takes…']
    },
    error: {
      element: form({ described: new ApiError(403, { message: REFUSAL }) }),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: form(),
      act: ask('1,2,3', '4,5,6'),
      settles: 100,
      says: ['setosa', 'virginica', '0.33333', 'unet, version 2', 'Ask the same from a program'],
      roles: { row: 3 }
    },
    wrong: {
      element: form(),
      act: ask('1,2,three'),
      settles: 100,
      says: ['Row 1, “features 3”: “three” is no number.'],
      roles: { alert: 1, table: 0 }
    },
    refused: {
      element: form({
        reply: () =>
          Promise.reject<InferReply>(
            new ApiError(422, { message: "'features' holds an unknown city." })
          )
      }),
      act: ask('1,2,3'),
      settles: 100,
      says: ["'features' holds an unknown city.", 'Ask the same from a program']
    },
    pictures: {
      element: form({
        described: {
          ...IRIS,
          inputs: [{ name: 'images', datatype: 'FP32', shape: [-1, 3, 64, 64] }]
        }
      }),
      says: ['unet, version 2, answers.', 'Pictures from your computer'],
      hides: ['Rows: typed']
    },
    prompt: {
      element: form({
        described: { ...IRIS, inputs: [{ name: 'prompt', datatype: 'BYTES', shape: [1] }] }
      }),
      says: ['Let a model write'],
      hides: ['Rows: typed']
    },
    other: {
      element: form({
        described: { ...IRIS, inputs: [{ name: 'sound', datatype: 'FP32', shape: [2, -1, 128] }] }
      }),
      says: ['This model takes no table, picture or prompt.'],
      hides: ['Rows: typed']
    },
    long: {
      element: form({
        described: {
          ...IRIS,
          inputs: [
            { name: LONG, datatype: 'BYTES', shape: [-1] },
            { name: 'y'.repeat(100), datatype: 'FP64', shape: [-1] }
          ],
          parameters: { ...IRIS.parameters, classes: [LONG, 'x'.repeat(80)] }
        }
      }),
      act: ask('Ulm,3'),
      settles: 100,
      says: [LONG]
    },
    many: {
      element: form(),
      act: ask(...times(1000, at => `${at},1,2`)),
      settles: 600,
      says: ['999'],
      roles: { row: 1001 }
    }
  }
});
