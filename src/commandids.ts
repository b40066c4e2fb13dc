/** Every command of this extension. */
export namespace CommandIDs {
  export const showPanel = 'jupyter-crispdm:show-panel';
  export const runFile = 'jupyter-crispdm:run-file';
  export const openJobs = 'jupyter-crispdm:open-jobs';
  export const loadOlderJobs = 'jupyter-crispdm:load-older-jobs';
  export const compareJobs = 'jupyter-crispdm:compare-jobs';
  export const openJob = 'jupyter-crispdm:open-job';
  export const stopJob = 'jupyter-crispdm:stop-job';
  export const stopJobs = 'jupyter-crispdm:stop-jobs';
  export const stopJobGently = 'jupyter-crispdm:stop-job-gently';
  export const rerunJob = 'jupyter-crispdm:rerun-job';
  export const changeJob = 'jupyter-crispdm:change-job';
  export const copyJobId = 'jupyter-crispdm:copy-job-id';
  export const deleteJob = 'jupyter-crispdm:delete-job';
  export const downloadLog = 'jupyter-crispdm:download-log';
  export const scheduleFile = 'jupyter-crispdm:schedule-file';
  export const scheduleJob = 'jupyter-crispdm:schedule-job';
  export const editSchedule = 'jupyter-crispdm:edit-schedule';
  export const runSchedule = 'jupyter-crispdm:run-schedule';
  export const pauseSchedule = 'jupyter-crispdm:pause-schedule';
  export const resumeSchedule = 'jupyter-crispdm:resume-schedule';
  export const deleteSchedule = 'jupyter-crispdm:delete-schedule';
  export const enableBrowserNotifications = 'jupyter-crispdm:enable-browser-notifications';
  export const refreshEnvironments = 'jupyter-crispdm:refresh-environments';
  export const makeKernel = 'jupyter-crispdm:make-kernel';
  export const installKernel = 'jupyter-crispdm:install-kernel';
  export const newEnvironment = 'jupyter-crispdm:new-environment';
  export const cloneEnvironment = 'jupyter-crispdm:clone-environment';
  export const showPackages = 'jupyter-crispdm:show-packages';
  export const compareEnvironments = 'jupyter-crispdm:compare-environments';
  export const copyEnvironmentPath = 'jupyter-crispdm:copy-environment-path';
  export const exportEnvironment = 'jupyter-crispdm:export-environment';
  export const deleteEnvironment = 'jupyter-crispdm:delete-environment';
  export const deployModel = 'jupyter-crispdm:deploy-model';
  export const withdrawModel = 'jupyter-crispdm:withdraw-model';
}
