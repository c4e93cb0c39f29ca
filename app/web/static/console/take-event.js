// What each kind of event does to a panel's views. A table, so that a new kind is a row.

import { batchOf } from './payload.js';

/**
 * @param {import('./payload.js').Event} event
 * @param {object} panel its views
 * @param {number} now milliseconds since 1970
 * @returns {{last: boolean, text?: string}} whether the stream is over with it, and why
 */
export function takeEvent(event, panel, now) {
  const { json } = event;
  KINDS[event.kind](json, panel, now, batchOf(event), event.name);
  if (event.kind === 'bare') return { last: false };
  return { last: json?.done === true, text: json?.type === 'end' ? json.message : 'all was sent' };
}

const KINDS = {
  info(json, panel) {
    panel.interval = json.intervalMs;
  },
  error(json, panel) {
    panel.failed(json.message);
  },
  end() {},
  failure(json, panel) {
    panel.shown.values = true;
    panel.values.add(json.error);
  },
  data(json, panel, now, batch) {
    if (json.total !== undefined) {
      KINDS.item({ ...json, item: json.data }, panel, now, 0);
      return;
    }
    panel.shown.values = true;
    panel.values.add(json.data);
    panel.series.addValue(json.data, batch, now / 1000);
  },
  item(json, panel, now, batch) {
    panel.shown.items = true;
    if (json.total === 0) return;
    panel.items.add(json.item, json.index, batch, now);
    panel.series.addItem(json.item, json.index, batch, now / 1000);
  },
  chunk(json, panel, now, batch) {
    panel.shown.text = true;
    panel.text.grow(json.accumulated, batch, now);
  },
  content(json, panel, now, batch) {
    panel.shown.text = true;
    panel.text.finish(json.content, batch, now);
    const value = parsed(json.content);
    if (value !== null && typeof value === 'object') panel.series.addValue(value, batch, now / 1000);
  },
  bare(json, panel, now, batch, name) {
    panel.shown.values = true;
    panel.latest = { ...panel.latest, [name]: json };
    panel.values.add(Object.keys(panel.latest).length > 1 ? panel.latest : json);
    if (json !== null && typeof json === 'object') panel.series.addValue(json, batch, now / 1000);
  },
  other() {},
};

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
