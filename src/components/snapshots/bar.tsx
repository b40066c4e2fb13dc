import React, { useRef, useState } from 'react';
import type { Work } from '../../api';
import { useTrans } from '../basics/context';
import { useSignal } from '../basics/hooks';
import { NameForm, Question } from './forms';
import type { IShelf } from './shelf';
import { keyOf } from './shelf';
import { WorkTable } from './table';
import { misfitsText, reasonText, saidText } from './words';

type Form = 'save' | 'rename' | null;

/** What can be done with saved work, over the table of it. */
export function WorkBar({ shelf }: { shelf: IShelf }): React.JSX.Element {
  useSignal(shelf.changed);
  const trans = useTrans();
  const [chosen, setChosen] = useState('');
  const [form, setForm] = useState<Form>(null);
  const { works, question } = shelf;
  const work = works?.find(one => keyOf(one) === chosen);
  return (
    <section className="crispdm-Card crispdm-WorkBar" aria-label={trans.__('Saved work')}>
      <Buttons shelf={shelf} work={work} onForm={setForm} />
      {question && <Question question={question} onDismiss={() => shelf.dismiss()} />}
      {!question && form && (
        <Asking
          key={`${form} ${chosen}`}
          form={form}
          shelf={shelf}
          work={work}
          onChosen={setChosen}
          onClose={() => setForm(null)}
        />
      )}
      <SaidLine shelf={shelf} />
      {works && (
        <WorkTable
          works={works}
          chosen={chosen}
          isOwn={one => shelf.isOwn(one)}
          onChoose={one => setChosen(keyOf(one))}
          onLoad={one => shelf.load(one)}
          onShare={(one, isShared) => shelf.share(one, isShared)}
        />
      )}
    </section>
  );
}

function Buttons(props: {
  shelf: IShelf;
  work: Work | undefined;
  onForm: (form: Form) => void;
}): React.JSX.Element {
  const { shelf, work, onForm } = props;
  const trans = useTrans();
  const { current, canUndo, said, works } = shelf;
  const isBusy = said.kind === 'busy';
  const note = works?.find(one => one.name === current && shelf.isOwn(one))?.note ?? '';
  const isMine = work !== undefined && shelf.isOwn(work);
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Saved work')}>
      <Button
        isMain
        title={current && trans.__('Save as “%1”', current)}
        disabled={isBusy}
        onClick={() => (current ? shelf.save(current, note) : onForm('save'))}
      >
        {trans.__('Save')}
      </Button>
      <Button disabled={isBusy} onClick={() => onForm('save')}>
        {trans.__('Save as…')}
      </Button>
      <i className="crispdm-WorkBar-gap" />
      <Button disabled={isBusy || !work} onClick={() => work && shelf.load(work)}>
        {trans.__('Load')}
      </Button>
      <Button disabled={isBusy || !isMine} onClick={() => onForm('rename')}>
        {trans.__('Rename…')}
      </Button>
      <Button disabled={isBusy || !work} onClick={() => work && shelf.copy(work)}>
        {trans.__('Duplicate')}
      </Button>
      <Button disabled={isBusy || !isMine} onClick={() => work && shelf.remove(work)}>
        {trans.__('Delete…')}
      </Button>
      <Button disabled={isBusy || !work} onClick={() => work && shelf.exportWork(work)}>
        {trans.__('Export')}
      </Button>
      <i className="crispdm-WorkBar-gap" />
      <ImportButton shelf={shelf} isBusy={isBusy} />
      {canUndo && (
        <Button disabled={isBusy} onClick={() => shelf.undo()}>
          {trans.__('Undo loading')}
        </Button>
      )}
    </div>
  );
}

function Button(props: {
  isMain?: boolean;
  title?: string;
  disabled: boolean;
  onClick: () => void;
  children: React.ReactNode;
}): React.JSX.Element {
  const { isMain, title, children, ...rest } = props;
  return (
    <button
      className={`crispdm-Button${isMain ? ' crispdm-mod-accept' : ''}`}
      type="button"
      title={title || undefined}
      {...rest}
    >
      {children}
    </button>
  );
}

/** The browser's own way to choose a file, behind a button of ours. */
function ImportButton({ shelf, isBusy }: { shelf: IShelf; isBusy: boolean }): React.JSX.Element {
  const trans = useTrans();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button disabled={isBusy} onClick={() => input.current?.click()}>
        {trans.__('Import…')}
      </Button>
      <input
        type="file"
        accept=".json,application/json"
        hidden
        ref={input}
        aria-label={trans.__('A file of saved work')}
        onChange={event => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) {
            shelf.importWork(file);
          }
        }}
      />
    </>
  );
}

function Asking(props: {
  form: 'save' | 'rename';
  shelf: IShelf;
  work: Work | undefined;
  onChosen: (key: string) => void;
  onClose: () => void;
}): React.JSX.Element | null {
  const { form, shelf, work, onChosen, onClose } = props;
  const trans = useTrans();
  if (form === 'save') {
    return (
      <NameForm
        label={trans.__('Save under a name')}
        button={trans.__('Save')}
        name={shelf.current}
        note=""
        onCancel={onClose}
        onDone={(name, note) => {
          onClose();
          shelf.save(name, note);
        }}
      />
    );
  }
  return work ? (
    <NameForm
      label={trans.__('Another name')}
      button={trans.__('Rename')}
      name={work.name}
      note={null}
      onCancel={onClose}
      onDone={name => {
        onClose();
        onChosen(keyOf({ ...work, name }));
        shelf.rename(work, name);
      }}
    />
  ) : null;
}

/** What has become of the last action: told to everybody, also to those who cannot see it. */
function SaidLine({ shelf }: { shelf: IShelf }): React.JSX.Element {
  const trans = useTrans();
  const { said } = shelf;
  const misfits = said.kind === 'done' ? said.misfits : [];
  const waiting = said.kind === 'done' ? said.waiting : 0;
  return (
    <div className="crispdm-WorkBar-said" role="status" data-kind={said.kind}>
      {saidText(trans, said)}
      {waiting > 0 && (
        <>
          {' '}
          {trans._n(
            '%1 value will be there when its page is opened.',
            '%1 values will be there when their page is opened.',
            waiting
          )}
        </>
      )}
      {misfits.length > 0 && (
        <details open={misfits.length <= 5}>
          <summary>{misfitsText(trans, misfits)}</summary>
          <ul>
            {misfits.map(({ name, reason }) => (
              <li key={name}>
                <strong>{name}</strong>: {reasonText(trans, reason)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
