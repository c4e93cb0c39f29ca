// A line chart for every numeric field, drawn by uPlot (vendor/).

import { element, setText } from './dom.js';
import { show, showTime } from './payload.js';

const HEIGHT = 104;
const MOST_CHARTS = 12;
const LINE_COLOURS = 10;
const EVERY = 250;

/** The charts of one panel; `paint` draws what is new and in view. */
export class Charts {
  #charts = new Map();
  #drawnAt = 0;
  #timer = 0;

  constructor() {
    this.root = element('div', { class: 'charts' });
    this.rest = element('p', { class: 'hint', hidden: true });
    this.root.append(this.rest);
    this.theme = () => this.#charts.forEach((chart) => chart.restyle());
    document.addEventListener('themechange', this.theme);
    this.sizes = new ResizeObserver(() => this.#charts.forEach((chart) => chart.fit()));
    this.sizes.observe(this.root);
  }

  /** @param {import('./series.js').Series} series */
  paint(series) {
    const wait = this.#drawnAt + EVERY - performance.now();
    if (wait > 0) {
      this.#timer ||= setTimeout(() => requestAnimationFrame(() => {
        this.#timer = 0;
        this.paint(series);
      }), wait);
      return;
    }
    this.#drawnAt = performance.now();
    if (!this.root.isConnected) return;
    for (const [field, lines] of series.fields) {
      let chart = this.#charts.get(field);
      if (!chart) {
        if (this.#charts.size >= MOST_CHARTS) break;
        chart = new Chart(field);
        this.#charts.set(field, chart);
        this.rest.before(chart.root);
      }
      chart.draw(series.moments, lines);
    }
    const left = series.fields.size - this.#charts.size;
    this.rest.hidden = left <= 0;
    setText(this.rest, `${left} more numeric fields are not drawn.`);
  }

  clear() {
    for (const chart of this.#charts.values()) chart.close();
    this.#charts.clear();
  }

  close() {
    this.clear();
    clearTimeout(this.#timer);
    this.sizes.disconnect();
    document.removeEventListener('themechange', this.theme);
  }
}

class Chart {
  #plot = null;
  #names = '';
  #latest = null;
  #inView = false;
  #data = null;

  constructor(field) {
    this.title = element('span', { class: 'chart-field' }, field);
    this.value = element('span', { class: 'chart-value' });
    this.keys = element('span', { class: 'chart-keys' });
    this.canvas = element('div', { class: 'chart-canvas', role: 'img', 'aria-label': `Line chart of ${field}` });
    this.root = element('figure', { class: 'chart', 'data-field': field },
      element('figcaption', {}, this.title, this.value), this.canvas, this.keys);
    this.field = field;
    this.watch = new IntersectionObserver(([entry]) => {
      this.#inView = entry.isIntersecting;
      if (this.#inView && this.#data) this.#show();
    });
    this.watch.observe(this.root);
  }

  draw(moments, lines) {
    const drawn = [...lines.values()];
    this.#data = [moments, ...drawn.map(({ values }) => values)];
    this.#latest = drawn;
    // Tests and screen readers learn from it that the chart moves.
    this.root.dataset.points = moments.length;
    if (this.#inView) this.#show();
  }

  #show() {
    const names = this.#latest.map(({ name }) => name);
    const joined = names.join('\n');
    if (!this.#plot || this.#plot.series.length !== names.length + 1) this.#make(names);
    if (joined !== this.#names) this.#label(names);
    this.#names = joined;
    this.#plot.setData(this.#data);
    if (this.#plot.cursor.idx == null) this.#caption(this.#data[0].length - 1);
    this.canvas.setAttribute('aria-label', this.#describe());
  }

  #describe() {
    const numbers = this.#data.slice(1).flat().filter((number) => number !== null);
    const low = numbers.reduce((one, other) => Math.min(one, other), Infinity);
    const high = numbers.reduce((one, other) => Math.max(one, other), -Infinity);
    return `Line chart of ${this.field}: ${this.#latest.length} lines, ${this.#data[0].length} `
      + `points, from ${show(low)} to ${show(high)}`;
  }

  #caption(index) {
    const values = this.#data.slice(1).map((line) => line[index]);
    const at = index < this.#data[0].length - 1 ? `${shortTime(this.#data[0][index])}  ` : '';
    const known = values.filter((number) => number != null);
    setText(this.value, known.length ? at + known.slice(0, 4).map(show).join(' · ') : '');
  }

  #make(names) {
    this.#plot?.destroy();
    const colour = (name) => colourOf(name, this.canvas);
    const axis = {
      stroke: colour('--muted'),
      font: `11px ${getComputedStyle(this.root).fontFamily}`,
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
    };
    this.#plot = new window.uPlot({
      width: this.#width(),
      height: HEIGHT,
      padding: [6, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
      scales: { x: { time: true } },
      axes: [
        { ...axis, size: 18, gap: 3, space: 76, grid: { show: false }, values: (plot, ticks) => ticks.map(shortTime) },
        { ...axis, size: widthOfNumbers, gap: 4, space: 26, values: (plot, ticks) => ticks.map(shortNumber) },
      ],
      series: [{}, ...names.map((name, index) => ({
        label: name || this.field,
        stroke: colour(`--line-${index % LINE_COLOURS}`),
        fill: names.length === 1 ? colour('--area') : undefined,
        width: 1.5,
        spanGaps: true,
        points: { show: (plot) => plot.data[0].length < 3, size: 4 },
      }))],
      hooks: {
        setCursor: [(plot) => this.#caption(plot.cursor.idx ?? this.#data[0].length - 1)],
      },
    }, this.#data, this.canvas);
  }

  #label(names) {
    const shown = names.filter(Boolean);
    this.keys.hidden = shown.length < 2;
    this.keys.replaceChildren(...shown.map((name, index) => element('span', { class: `key key-${index % LINE_COLOURS}` }, name)));
  }

  #width() {
    return Math.max(120, this.canvas.clientWidth);
  }

  fit() {
    if (this.#plot && this.#plot.width !== this.#width()) {
      this.#plot.setSize({ width: this.#width(), height: HEIGHT });
    }
  }

  /** Takes the colours of the theme anew. */
  restyle() {
    if (!this.#plot) return;
    this.#plot.destroy();
    this.#plot = null;
    this.#show();
  }

  close() {
    this.watch.disconnect();
    this.#plot?.destroy();
    this.root.remove();
  }
}

/** A variable of the style sheet as a canvas wants it: one colour, that of the theme. */
function colourOf(name, element) {
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}

function shortTime(seconds) {
  return showTime(seconds * 1000).slice(0, 8);
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 6 });

function shortNumber(number) {
  return number === null ? '' : COMPACT.format(number);
}

function widthOfNumbers(plot, values) {
  const longest = (values ?? []).reduce((most, text) => Math.max(most, text.length), 3);
  return 12 + longest * 6.2;
}
