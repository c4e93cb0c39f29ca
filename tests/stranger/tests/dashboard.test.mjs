// What the project's clients do when a stream behaves, and when it does not.

import { afterEach, expect, test } from 'vitest';

import * as dashboard from '../app/dashboard.mjs';
import { mock } from './llmock.mjs';

const PRICE = { symbol: 'AAPL', p: 1.5 };
const STREAM = { clock: 'virtual', seed: 7, stream: { events: [{ shape: PRICE }] } };
const leaving = [];

afterEach(async () => {
  for (const leave of leaving.splice(0)) await leave();
});

async function serve(path, keys) {
  const feed = await mock(path, keys);
  leaving.push(() => feed.close());
  return feed;
}

function startDashboard(url) {
  const controller = new AbortController();
  const shown = [];
  leaving.unshift(() => controller.abort());
  (async () => {
    for await (const price of dashboard.prices(url, controller.signal)) shown.push(price);
  })();
  return shown;
}

test('the dashboard survives a cut', async () => {
  const feed = await serve('/v1/prices', STREAM);
  const shown = startDashboard(feed.url);
  await feed.waitForClients(1);
  await feed.steer('step', { batches: 3 });
  await feed.steer('push', { data: { symbol: 'AAPL', p: 99.5 } });
  await feed.cut();
  await feed.waitForClients(1); // a new one since the cut
  expect(shown.at(-1)).toBe(99.5);
  const [client] = await feed.verdict();
  const rules = Object.fromEntries(client.rules.map((each) => [each.rule, each.result]));
  expect(rules).toMatchObject({ reconnects: 'pass', 'sends-last-id': 'pass' });
});

test('ten minutes of prices take no time', async () => {
  const stream = { ...STREAM.stream, intervalMs: 1000, maxDurationSeconds: 0 };
  const feed = await serve('/v1/prices', { ...STREAM, stream });
  const shown = startDashboard(feed.url);
  await feed.waitForClients(1);
  await feed.advance(600_000);
  await expect.poll(() => shown.length).toBe(601);
});

test('the price is asked for again while the service is away', async () => {
  const faults = ['status:503*2'];
  const answer = await serve('/v1/price', { body: { p: 12.5 }, faults });
  expect(await dashboard.latestPrice(answer.url)).toBe(12.5);
  const statuses = (await answer.journal()).map((each) => each.status);
  expect(statuses).toEqual([503, 503, 200]);
});

test('an event that is no JSON breaks nothing', async () => {
  const feed = await serve('/v1/prices', { ...STREAM, faults: ['invalid-json*1'] });
  const shown = startDashboard(feed.url);
  await feed.waitForClients(1);
  await feed.steer('step');
  await feed.steer('push', { data: { p: 5 } });
  await expect.poll(() => shown).toEqual([5]);
});

test('a client reads to the end and stops', async () => {
  const script = [{ data: { p: 1.5 } }, { data: { p: 2.5 }, afterMs: 20 }];
  const feed = await serve('/v1/prices', { stream: { script } });
  const shown = [];
  for await (const price of dashboard.prices(feed.url)) shown.push(price);
  expect(shown).toEqual([1.5, 2.5]);
  const statuses = (await feed.journal()).map((each) => each.status);
  expect(statuses).toEqual([200, 204]);
});
