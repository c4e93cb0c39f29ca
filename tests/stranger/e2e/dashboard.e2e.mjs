import { expect, test } from '@playwright/test';

import { mock } from '../tests/llmock.mjs';

const PAGE = new URL('../app/dashboard.html', import.meta.url);
const STREAM = { clock: 'virtual', stream: { events: [{ shape: { p: 1.5 } }], retryMs: 100 } };

test('the page survives a cut', async ({ page }) => {
  const feed = await mock('/v1/prices', STREAM);
  await page.goto(`${PAGE}?feed=${feed.url}`);
  await feed.waitForClients(1);
  await feed.steer('push', { data: { p: 99.5 } });
  await feed.cut();
  await feed.waitForClients(1); // a new one since the cut
  await expect(page.locator('output')).toHaveText('99.5');
  await feed.close();
});
