/* What Voila's page does in inline scripts, as a file, so that the page needs none: it counts the cells while they
   run, and shows the outputs once the theme and the last cell are there. */
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
