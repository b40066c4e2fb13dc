import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import type { Model } from '../../api';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { Tabs } from '../../components/basics/tabs';
import { HistoryTable } from '../../components/models/history';
import { SideBySide } from '../../components/models/sidebyside';
import { TryModel } from '../../components/tryit/form';
import { VersionsTable } from '../../components/models/versions';
import { VersionCommands } from '../../components/models/versioncommands';
import { JobCommands } from '../../tokens/jobs';
import { ModelCommands } from '../../tokens/models';
import type { ModelPageModel, ModelTab } from './model';

interface IProps {
  model: ModelPageModel;
  commands: CommandRegistry;
}

/** The page of one model: its versions, one or some of them in detail, and which was in use when. */
export function ModelPageBody({ model, commands }: IProps): React.JSX.Element {
  useFacts(model.models);
  return (
    <div className="crispdm-ModelPage">
      <ConnectionBanner connection={model.workbench.connection} />
      <FactsGuard facts={model.models}>
        <UseSignal signal={model.changed}>
          {() => <Shown model={model} commands={commands} />}
        </UseSignal>
      </FactsGuard>
    </div>
  );
}

function Shown({ model, commands }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { model: found, view } = model;
  if (!found) {
    return (
      <Empty title={trans.__('There is no model “%1”.', model.name)}>
        {trans.__('Its last version was deleted.')}
      </Empty>
    );
  }
  const tabs: readonly (readonly [ModelTab, string])[] = [
    ['versions', trans.__('Versions')],
    ['history', trans.__('History')],
    ['try', trans.__('Try it')]
  ];
  return (
    <>
      <h2 title={found.name}>{found.name}</h2>
      <Tabs
        label={trans.__('What to show of the model')}
        tabs={tabs}
        selected={view.tab}
        onSelect={tab => model.setTab(tab)}
      >
        {view.tab === 'versions' && <Versions model={model} commands={commands} found={found} />}
        {view.tab === 'history' && <History model={model} commands={commands} />}
        {view.tab === 'try' && <TryIt model={model} />}
      </Tabs>
    </>
  );
}

function Versions({ model, commands, found }: IProps & { found: Model }): React.JSX.Element {
  const { chosen, models } = model;
  const versions = found.versions.filter(({ version }) => chosen.includes(version));
  return (
    <>
      <VersionsTable
        versions={found.versions}
        chosen={chosen}
        deploymentOf={version => models.deploymentOf(found.name, version)}
        onChoose={(version, isToo) => model.choose(version, isToo)}
      />
      {versions.length === 1 && (
        <VersionCommands
          version={versions[0]}
          deployment={models.deploymentOf(found.name, versions[0].version)}
          fileUrl={models.fileUrl(found.name, versions[0].version)}
          run={(command, args) => void commands.execute(command, args)}
        />
      )}
      <SideBySide
        versions={versions}
        onJob={id => void commands.execute(JobCommands.open, { id })}
      />
    </>
  );
}

function TryIt({ model }: { model: ModelPageModel }): React.JSX.Element {
  const trans = useTrans();
  const { asking } = model;
  return asking ? (
    <TryModel key={asking.url} asking={asking} />
  ) : (
    <Empty title={trans.__('No version of this model is deployed.')}>
      {trans.__('Deploy one, and you can ask it here.')}
    </Empty>
  );
}

function History({ model, commands }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { history, trouble, name } = model;
  if (trouble) {
    return (
      <p className="crispdm-Error" role="alert">
        {trouble}
      </p>
    );
  }
  if (!history) {
    return <p className="crispdm-Waiting">{trans.__('Loading…')}</p>;
  }
  return (
    <HistoryTable
      history={history}
      onRollBack={(alias, version) =>
        void commands.execute(ModelCommands.rollBack, { name, alias, version })
      }
    />
  );
}
