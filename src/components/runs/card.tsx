import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import type { Run, RunAgain, RunAgainWish, RunChange, RunInput } from '../../api';
import { messageOf } from '../../api';
import type { IRunOfThen } from '../../tokens/runs';
import { useTrans } from '../basics/context';
import { Field, TextField } from '../basics/field';
import { Trouble } from '../basics/trouble';
import { runStateLabel, textOf } from './fields';

/** What the card of a run shows and does. */
export interface IRunCardProps {
  run: Run;
  onChange: (change: RunChange) => Promise<unknown>;
  onAgain: (how: RunAgainWish) => Promise<RunAgain>;
  /** How it stands with running it again in the environment that it had, where somebody asked for that. */
  ofThen: IRunOfThen | undefined;
  onOfThen: () => Promise<void>;
  /** Open the page of a job. */
  onOpen: (id: string) => void;
  /** Open the curves of this run. */
  onCurves: () => void;
  /** Delete this run, which was merged of others; they stay. */
  onRemove: () => Promise<unknown>;
  /** Go to another run. */
  onRun: (id: string) => void;
}

/** The one run that is chosen: what people say of it, what it was made of, and how to run it again. */
export function RunCard(props: IRunCardProps): React.JSX.Element {
  const { run } = props;
  const trans = useTrans();
  return (
    <aside className="crispdm-RunCard" aria-label={trans.__('Chosen run')}>
      <h3 className="crispdm-mod-cut" title={run.name}>
        {run.name}
      </h3>
      <p className="crispdm-Hint">
        {[runStateLabel(trans, run.state), run.owner, textOf(trans, run, 'created')].join(' · ')}
      </p>
      {run.trouble !== '' && <Trouble text={run.trouble} />}
      <Said {...props} />
      <MadeOf {...props} />
      {run.kind === 'job' ? <Again {...props} /> : <Loose {...props} />}
    </aside>
  );
}

/** Tags, group and note, to be changed. */
function Said({ run, onChange }: IRunCardProps): React.JSX.Element {
  const trans = useTrans();
  const [tags, setTags] = useState(run.tags.join(', '));
  const [group, setGroup] = useState(run.group);
  const [note, setNote] = useState(run.note);
  const [trouble, setTrouble] = useState('');
  const change: RunChange = { tags: tagsOf(tags), group: group.trim(), note };
  const isSame =
    change.tags?.join() === run.tags.join() && change.group === run.group && note === run.note;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        setTrouble('');
        onChange(change).catch(error => setTrouble(messageOf(error)));
      }}
    >
      <TextField
        label={trans.__('Tags')}
        hint={trans.__('With commas between them')}
        value={tags}
        onChange={setTags}
      />
      <TextField label={trans.__('Group')} value={group} onChange={setGroup} />
      <Field label={trans.__('Note')}>
        <textarea
          className="crispdm-Input"
          rows={3}
          value={note}
          onChange={event => setNote(event.target.value)}
        />
      </Field>
      {trouble !== '' && <Trouble text={trouble} />}
      <button className="crispdm-Button" type="submit" disabled={isSame}>
        {trans.__('Save')}
      </button>
    </form>
  );
}

function MadeOf({ run, onRun }: IRunCardProps): React.JSX.Element {
  const trans = useTrans();
  const { inputs, lineage } = run;
  const facts: [string, string][] = [
    [trans.__('Code'), textOf(trans, run, 'commit') || (inputs.code ?? '').slice(0, 8)],
    [trans.__('Environment'), run.environment],
    [trans.__('Data'), (inputs.data ?? '').slice(0, 8)],
    [trans.__('Folder'), run.folder]
  ];
  const origins: [string, string | null | undefined][] = [
    [trans.__('Repeats'), lineage.rerun_of],
    [trans.__('Goes on with'), lineage.resumes],
    [trans.__('Branches off'), lineage.forks],
    ...(lineage.merged ?? []).map((id): [string, string] => [trans.__('Made of'), id])
  ];
  return (
    <dl className="crispdm-RunCard-facts">
      {facts.map(
        ([label, text]) =>
          text !== '' && (
            <React.Fragment key={label}>
              <dt>{label}</dt>
              <dd className="crispdm-mod-cut" title={text}>
                {text}
              </dd>
            </React.Fragment>
          )
      )}
      {origins.map(
        ([label, id]) =>
          id && (
            <React.Fragment key={`${label} ${id}`}>
              <dt>{label}</dt>
              <dd>
                <button className="crispdm-DataGrid-name" onClick={() => onRun(id)}>
                  {id}
                </button>
              </dd>
            </React.Fragment>
          )
      )}
    </dl>
  );
}

/** What can be done with a run that no job made. */
function Loose({ run, onCurves, onRemove }: IRunCardProps): React.JSX.Element {
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  return (
    <section aria-label={trans.__('What to do')}>
      <div className="crispdm-BulkBar">
        <button className="crispdm-Button" onClick={onCurves}>
          {trans.__('Show curves')}
        </button>
        {run.kind === 'merged' && (
          <button
            className="crispdm-Button"
            title={trans.__('The runs that it was made of stay')}
            onClick={() => {
              setTrouble('');
              onRemove().catch(error => setTrouble(messageOf(error)));
            }}
          >
            {trans.__('Delete')}
          </button>
        )}
      </div>
      {trouble !== '' && <Trouble text={trouble} />}
    </section>
  );
}

/** Runs it once more, and tells which of its inputs are others by now. */
function Again({ run, ofThen, onAgain, onOfThen, onOpen }: IRunCardProps): React.JSX.Element {
  const trans = useTrans();
  const [asked, setAsked] = useState<RunAgain | null>(null);
  const [isAsked, setIsAsked] = useState(false);
  const [trouble, setTrouble] = useState('');
  const ask = (what: () => Promise<void>): void => {
    setIsAsked(true);
    setTrouble('');
    setAsked(null);
    what()
      .catch(error => setTrouble(messageOf(error)))
      .finally(() => setIsAsked(false));
  };
  const again = async (how: RunAgainWish): Promise<void> => setAsked(await onAgain(how));
  const made = asked ?? ofThen?.again;
  return (
    <section className="crispdm-RunCard-again" aria-label={trans.__('Run again')}>
      <div className="crispdm-BulkBar">
        <button className="crispdm-Button" onClick={() => onOpen(run.id)}>
          {trans.__('Open')}
        </button>
        <button className="crispdm-Button" disabled={isAsked} onClick={() => ask(() => again({}))}>
          {trans.__('Run again')}
        </button>
        <button
          className="crispdm-Button"
          disabled={isAsked}
          onClick={() => ask(() => again({ code: 'now' }))}
        >
          {trans.__('With the code of now')}
        </button>
        <button
          className="crispdm-Button"
          title={trans.__('Where its packages have changed, they are installed again as they were')}
          disabled={isAsked || isBuilding(ofThen)}
          onClick={() => ask(onOfThen)}
        >
          {trans.__('In the environment of then')}
        </button>
      </div>
      {trouble !== '' && <Trouble text={trouble} />}
      {ofThen && <Build {...ofThen} onOpen={onOpen} />}
      {made && (
        <div role="status">
          <button className="crispdm-DataGrid-name" onClick={() => onOpen(made.job.id)}>
            {trans.__('Submitted as %1', made.job.name)}
          </button>
          <ul>
            {made.inputs.map(input => (
              <Input key={input.input} {...input} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** The environment of then: that it is being built, or why nothing runs in it. */
function Build({
  environment,
  again,
  trouble,
  onOpen
}: IRunOfThen & Pick<IRunCardProps, 'onOpen'>): React.JSX.Element | null {
  const trans = useTrans();
  const { name, ready, job = '' } = environment;
  if (again) {
    return null;
  }
  if (ready) {
    return <Trouble text={trouble ?? ''} />;
  }
  const toJob = (label: string): React.JSX.Element => (
    <button className="crispdm-DataGrid-name" onClick={() => onOpen(job)}>
      {label}
    </button>
  );
  return trouble === undefined ? (
    <div role="status">
      {trans.__('Builds the environment of then (%1), then runs again.', name)}{' '}
      {toJob(trans.__('Open the job that builds it'))}
    </div>
  ) : (
    <>
      <Trouble text={trans.__('The environment %1 was not built: %2', name, trouble)} />
      {toJob(trans.__('Open the job that failed'))}
    </>
  );
}

function isBuilding(ofThen: IRunOfThen | undefined): boolean {
  return ofThen !== undefined && !ofThen.again && ofThen.trouble === undefined;
}

function Input({ input, state, reason = '', details = [] }: RunInput): React.JSX.Element {
  const trans = useTrans();
  return (
    <li data-state={state}>
      {trans.__('%1: %2', inputLabel(trans, input), changeLabel(trans, state))}
      {reason !== '' && <small className="crispdm-Hint">{reason}</small>}
      {details.length > 0 && <small className="crispdm-Hint">{details.join(', ')}</small>}
    </li>
  );
}

function inputLabel(trans: TranslationBundle, input: RunInput['input']): string {
  return {
    code: trans.__('Code'),
    environment: trans.__('Environment'),
    data: trans.__('Data'),
    parameters: trans.__('Parameters'),
    command: trans.__('Command')
  }[input];
}

function changeLabel(trans: TranslationBundle, state: RunInput['state']): string {
  return {
    same: trans.__('the same'),
    changed: trans.__('changed'),
    restored: trans.__('as it was then'),
    unknown: trans.__('not known')
  }[state];
}

/** The tags in a line, each once. */
export function tagsOf(line: string): string[] {
  const tags = line.split(',').map(tag => tag.trim());
  return [...new Set(tags.filter(tag => tag !== ''))];
}
