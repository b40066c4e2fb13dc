import { pluginsOf } from './page';
import { ROOMS } from './rooms';

/** The name that Lab shows for the extension; it cannot set it by itself on a module that waits. */
export const __scope__ = 'jupyter-crispdm';

/** Voila's page lacks modules of Lab's shell: whatever imports them would take our widgets down with it. */
const isDashboard = document.body.dataset.voila !== undefined;

export default await pluginsOf(ROOMS, isDashboard);
