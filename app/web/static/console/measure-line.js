// The figures of a panel as text.

import { setText } from './dom.js';
import { showBytes } from './payload.js';

/**
 * @param {Object<string, HTMLElement>} parts of the panel
 * @param {import('./meter.js').Meter} meter
 * @param {{interval: number|null, lastId: string, now: number}} about
 */
export function paintFigures(parts, meter, { interval, lastId, now }) {
  setText(parts.events, meter.events.toLocaleString('en'));
  setText(parts.rate, meter.rate(now).toFixed(1));
  setText(parts.bytes, showBytes(meter.bytes));
  setText(parts.gaps, gaps(meter, interval));
  setText(parts.lastId, lastId.replace(/^(.{4}).{5,}(?=-)/, '$1…') || '–');
  parts.lastId.title = lastId;
}

function gaps(meter, interval) {
  const [middle, most] = [meter.gap(0.5), meter.gap(0.99)];
  if (middle === null) return '–';
  const wanted = interval === null ? '' : ` of ${interval}`;
  return `${Math.round(middle)} / ${Math.round(most)}${wanted}`;
}
