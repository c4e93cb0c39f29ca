// All streams of the page, side by side.

import { copy, setText } from './dom.js';
import { Panel } from './panel.js';

export class Panels {
  #panels = [];

  /**
   * @param {HTMLElement} root
   * @param {object} page what a panel needs of the page (see Panel), without onRemove
   */
  constructor(root, page) {
    this.page = { ...page, onRemove: (panel) => this.remove(panel), onState: () => this.#count() };
    this.onChange = page.onChange;
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(
      ['grid', 'empty', 'toolbar', 'total', 'stopAll', 'startAll', 'removeAll', 'copyLink']
        .map((name) => [name, part(name)]));
    this.parts.stopAll.addEventListener('click', () => this.stop());
    this.parts.startAll.addEventListener('click', () => this.#each((panel) => {
      if (!panel.client.running) panel.start();
    }));
    this.parts.removeAll.addEventListener('click', () => this.replace([]));
    this.parts.copyLink.addEventListener('click', (event) => copy(location.href, event.currentTarget));
    this.#count();
  }

  /** What the page's address has to hold of them. */
  get watched() {
    return this.#panels.map(({ url, tab, rows }) => ({ url, tab, rows }));
  }

  /** Opens a stream in a panel of its own. */
  add(watched) {
    const panel = new Panel({ tab: 'live', rows: 'latest', ...watched }, this.page);
    this.#panels.push(panel);
    this.parts.grid.append(panel.root);
    panel.start();
    this.#changed();
    return panel;
  }

  /** Closes every stream; the panels stay. */
  stop() {
    this.#each((panel) => panel.client.stop());
  }

  remove(panel) {
    const place = this.#panels.indexOf(panel);
    this.#panels.splice(place, 1);
    panel.close();
    const next = this.#panels[Math.min(place, this.#panels.length - 1)];
    (next?.parts.toggle ?? document.querySelector('#composer [data-part=start]')).focus();
    this.#changed();
  }

  /** Shows these streams and no others. */
  replace(streams) {
    this.#each((panel) => panel.close());
    this.#panels = [];
    for (const watched of streams) this.add(watched);
    this.#changed();
  }

  #each(action) {
    for (const panel of [...this.#panels]) action(panel);
  }

  #changed() {
    this.#count();
    this.onChange();
  }

  #count() {
    const { parts } = this;
    const all = this.#panels.length;
    const open = this.#panels.filter((panel) => panel.client.state === 'open').length;
    parts.empty.hidden = all > 0;
    parts.toolbar.hidden = all === 0;
    parts.grid.classList.toggle('single', all === 1);
    setText(parts.total, `${all} ${all === 1 ? 'stream' : 'streams'}, ${open} open`);
    parts.stopAll.disabled = !this.#panels.some((panel) => panel.client.running);
    parts.startAll.disabled = !this.#panels.some((panel) => !panel.client.running);
  }
}
