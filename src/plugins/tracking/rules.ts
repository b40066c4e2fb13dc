import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import { ILogs } from '../../tokens/logs';
import { IMetricRules, RuleCommands } from '../../tokens/metrics';
import { IWorkbench } from '../../tokens/workbench';
import { textArguments, textOf } from '../basics/commands';

/** Edits the rules by which metrics are found in logs. */
export const metricRulesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:metric-rules',
  description: 'Adds the command that edits the rules by which metrics are found in logs.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load(DOMAIN);
    app.commands.addCommand(RuleCommands.edit, {
      label: trans.__('Metrics in Logs…'),
      caption: trans.__('Show what is found in a log, and set rules for it'),
      describedBy: textArguments({
        id: trans.__('The id of the job whose log is looked at; without it, lines are typed')
      }),
      execute: args => edit(workbench, translator, textOf(args, 'id'))
    });
    palette?.addItem({ command: RuleCommands.edit, category: trans.__('CRISP-DM') });
  }
};

async function edit(workbench: IWorkbench, translator: ITranslator, job: string): Promise<void> {
  const [{ RulesDialog }, { RulesModel }] = await Promise.all([
    import('../../panels/rules'),
    import('../../panels/rules/model')
  ]);
  const log = job === '' ? null : workbench.get(ILogs).acquire(job);
  const model = new RulesModel(workbench.get(IMetricRules), log?.model ?? null);
  const dialog = new RulesDialog(model, translator);
  await dialog.launch();
  dialog.dispose();
  model.dispose();
  log?.dispose();
}
