import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    globals: true,
    include: ['tests/frontend/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/frontend/setup.ts'],
    css: false,
    // Lab's packages import their siblings without an extension, which Node's own loader refuses.
    server: { deps: { inline: [/@jupyterlab/, /@jupyter\//, /@jupyter-widgets/] } }
  }
});
