import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { Field } from '../../components/basics/field';
import { RulesEditor } from '../../components/rules/editor';
import { RulesPreview } from '../../components/rules/preview';
import type { RulesModel } from './model';

/** The rules, and beside them what they find. */
export function RulesBody({ model }: { model: RulesModel }): React.JSX.Element {
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <div className="crispdm-Rules">
          <RulesEditor
            values={model.values}
            errors={model.errors}
            onChange={change => model.change(change)}
          />
          <div className="crispdm-Rules-log">
            {model.isTyped && <Sample model={model} />}
            <Found model={model} />
          </div>
        </div>
      )}
    </UseSignal>
  );
}

/** A place for some lines, where there is no log. */
function Sample({ model }: { model: RulesModel }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Field label={trans.__('Some lines to try them on')}>
      <textarea
        className="crispdm-Input"
        rows={5}
        spellCheck={false}
        value={model.text}
        onChange={event => (model.text = event.target.value)}
      />
    </Field>
  );
}

function Found({ model }: { model: RulesModel }): React.JSX.Element | null {
  const trans = useTrans();
  const { tried } = model;
  if (tried === null) {
    return model.errors[''] ? null : <Empty title={trans.__('Loading…')} />;
  }
  if (tried.lines.length === 0) {
    return model.isTyped ? null : <Empty title={trans.__('No output yet.')} />;
  }
  return <RulesPreview tried={tried} onPick={line => model.pick(line)} />;
}
