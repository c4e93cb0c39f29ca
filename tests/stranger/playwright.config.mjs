import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.e2e.mjs',
  webServer: { command: 'llmock-api serve --port 5000', url: 'http://127.0.0.1:5000/readyz' },
});
