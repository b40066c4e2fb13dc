import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import { IDiagnosisOfJobs } from '../../tokens/diagnosis';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { IMetricsOfJobs } from '../../tokens/metrics';
import { IWorkbench } from '../../tokens/workbench';
import { textOf } from '../basics/commands';
import { jobArguments, jobInFront, jobUnderMouse } from './targets';

/** Shows and changes the rules that raise an alert. */
export const jobAlertsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-alerts',
  description: 'Adds the command that shows and changes what the curves of a job are watched for.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    const trans = translator.load(DOMAIN);
    app.commands.addCommand(JobCommands.alerts, {
      label: trans.__('Alerts…'),
      caption: trans.__('Show and change what the curves of the job are watched for'),
      describedBy: jobArguments(trans),
      execute: async args => {
        const id = textOf(args, 'id') || jobUnderMouse(app) || jobInFront(app);
        if (id !== '') {
          await edit(workbench, translator, id);
        }
      }
    });
  }
};

async function edit(workbench: IWorkbench, translator: ITranslator, id: string): Promise<void> {
  const [{ AlertsDialog }, { AlertsModel }] = await Promise.all([
    import('../../panels/alerts'),
    import('../../panels/alerts/model')
  ]);
  const jobs = workbench.get(IJobs);
  const diagnosis = workbench.get(IDiagnosisOfJobs).acquire(id);
  const metrics = workbench.get(IMetricsOfJobs).acquire(id);
  const model = new AlertsModel({
    id,
    jobs,
    diagnosis: diagnosis.model,
    metrics: metrics.model,
    trans: translator.load(DOMAIN)
  });
  const dialog = new AlertsDialog(model, jobs.get(id)?.name ?? id, translator);
  await dialog.launch();
  dialog.dispose();
  model.dispose();
  metrics.dispose();
  diagnosis.dispose();
}
