import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    globals: true,
    include: ['tests/frontend/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/frontend/setup.ts'],
    css: false,
    // How fast a machine is decides no test: what waits for a fact gives up after half of this.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Lab's packages import their siblings without an extension, which Node's own loader refuses.
    server: { deps: { inline: [/@jupyterlab/, /@jupyter\//, /@jupyter-widgets/] } }
  }
});
