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
  setText(parts.lastId, lastId || '–');
  parts.lastId.title = lastId;
}

function gaps(meter, interval) {
  const [middle, most] = [meter.gap(0.5), meter.gap(0.99)];
  if (middle === null) return '–';
  const wanted = interval === null ? '' : ` of ${milliseconds(interval)}`;
  return `${milliseconds(middle)} / ${milliseconds(most)}${wanted}`;
}

function milliseconds(number) {
  return number < 10000 ? `${Math.round(number)} ms` : `${(number / 1000).toFixed(1)} s`;
}
