import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { IFrameProps } from '../../components/desk/frame';
import { isOwnPage } from './address';

type Surroundings = Pick<IFrameProps, 'homeUrl' | 'logOutUrl' | 'theme'>;

/** Marks a page that a dashboard fills: the header that Voila's page has is then not shown. */
const FILLED = 'crispdm-mod-filled';

/** Have the whole page be the dashboard's. */
export function fillPage(isFilled: boolean): void {
  document.body.classList.toggle(FILLED, isFilled && isOwnPage());
}

/** What a dashboard's own page offers in its header, for the bar that stands in its place. */
export function surroundings(): Surroundings {
  if (!isOwnPage()) {
    return { homeUrl: '', logOutUrl: '', theme: null };
  }
  const mayLogOut = PageConfig.getOption('crispdmMayLogOut') === 'true';
  return {
    homeUrl: serverUrl('crispdm/'),
    logOutUrl: mayLogOut ? serverUrl('logout') : '',
    theme: themeChoice()
  };
}

/** The name of whoever looks, where the kernel could not tell it. */
export function nameInPage(): string {
  return isOwnPage() ? PageConfig.getOption('crispdmVisitor') : '';
}

/** An address of this server. */
export function serverUrl(path: string): string {
  return URLExt.join(ServerConnection.makeSettings().baseUrl, path);
}

/** The page's own choice of a theme, which paints and remembers. */
function themeChoice(): Surroundings['theme'] {
  const choice = document.querySelector<HTMLSelectElement>('#crispdm-theme');
  if (!choice) {
    return null;
  }
  const choose = (value: string): void => {
    choice.value = value;
    choice.dispatchEvent(new Event('change'));
  };
  return { value: choice.value, choose };
}
