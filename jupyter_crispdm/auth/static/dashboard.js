/* What Voila's page does in inline scripts, as a file, so that the page needs none: it counts the cells while they
   run, and shows the outputs once the theme and the last cell are there. And the choice of a theme. */
(() => {
  'use strict';

  const count = () => {
    const cells = document.querySelectorAll('#rendered_cells [cell-index]');
    const text = document.getElementById('loading_text');
    if (!text || !cells.length) {
      return;
    }
    const { cellIndex, cellCount } = cells[cells.length - 1].dataset;
    const words = `Cell ${cellIndex} of ${cellCount} has run…`;
    if (text.textContent !== words) { // for writing is a change too, which would call this for ever
      text.textContent = words;
    }
  };

  const likesDark = window.matchMedia('(prefers-color-scheme: dark)');
  const MEDIA = { auto: '(prefers-color-scheme: dark)', dark: 'all', light: 'not all' };

  const paint = () => {
    const choice = document.getElementById('crispdm-theme')?.value ?? 'light';
    const dark = choice === 'dark' || (choice === 'auto' && likesDark.matches);
    const sheet = document.getElementById('crispdm-dark');
    if (sheet) {
      sheet.media = MEDIA[choice];
    }
    document.body.dataset.jpThemeLight = String(!dark);
    document.body.dataset.jpThemeName = dark ? 'JupyterLab Dark' : 'JupyterLab Light';
    document.body.classList.toggle('theme-dark', dark);
    document.body.classList.toggle('theme-light', !dark);
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  };

  const remember = ({ value, dataset }) => {
    const age = value === 'auto' ? 0 : 31536000;
    document.cookie = `crispdm-theme=${value}; path=${dataset.path}; max-age=${age}; samesite=lax`;
  };

  // the list of themes comes early in the page, which takes as long as its notebook runs
  const dress = new MutationObserver(() => {
    const choice = document.getElementById('crispdm-theme');
    // what follows is there: before, the chosen one of the list may not have come yet
    if (choice?.closest('label').nextElementSibling) {
      dress.disconnect();
      paint();
      likesDark.addEventListener('change', paint);
      choice.addEventListener('change', () => {
        remember(choice);
        paint();
      });
    }
  });
  dress.observe(document, { childList: true, subtree: true });

  const seen = new MutationObserver(count);
  seen.observe(document, { childList: true, subtree: true });

  // Voila's own program calls it too, when the theme is there
  window.voila_finish = () => {
    if (!window.themeLoaded) {
      window.cellLoaded = true;
      return;
    }
    seen.disconnect();
    document.getElementById('loading')?.remove();
    const cells = document.getElementById('rendered_cells');
    if (cells) {
      cells.hidden = false;
      cells.style.display = '';
    }
  };
  document.addEventListener('DOMContentLoaded', () => window.voila_finish());
})();
