// The descriptions that the server serves: to load, to look into, to drop.

import { setText } from './dom.js';
import { nameOf } from './recording.js';
import { SyncedTable } from './synced-table.js';

/** The filter finds operations beyond these. */
const MAX_ROWS = 200;

export class Descriptions {
  #shown = null;

  /**
   * @param {HTMLElement} root
   * @param {object} page `ask` makes a management request, `onTry` tries the route of
   *   that name, `onChange` hears that routes have come or gone
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.parts = Object.fromEntries(
      [...root.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]));
    const { specTable, operationTable } = this.parts;
    this.table = new SyncedTable(specTable, ({ name, source }) => `${source} ${name}`, (row) => this.#cells(row));
    this.operations = new SyncedTable(
      operationTable, ({ route, pointer }) => route ?? pointer, (row) => this.#operation(row));
    this.parts.specFile.addEventListener('change', () => this.#bring());
    this.parts.operationFilter.addEventListener('input', () => this.#paint());
  }

  /** Reads the list again, and the operations that are shown. */
  async refresh() {
    const { ok, text } = await this.page.ask('GET', '/specs', { ask: false });
    if (!ok) return;
    const { specs, total } = JSON.parse(text);
    this.table.show(specs);
    setText(this.parts.specTotal, String(total));
    const shown = specs.find(({ name }) => name === this.#shown?.name);
    if (!shown) {
      this.#shown = null;
      this.parts.operationBox.hidden = true;
    } else if (shown.triedOut !== this.#shown.triedOut) this.#show(shown.name);
  }

  #cells({ name, format, title, served, unserved, source }) {
    return [
      name, format, title, String(served), String(unserved), source,
      ['Operations', `Operations of ${name}`, () => this.#show(name, true)],
      source === 'run time' ? ['Delete', `Delete ${name}`, () => this.#delete(name)] : '',
    ];
  }

  #operation({ route, methods, path, operation, reason }) {
    if (!route) return [operation, reason, ''];
    return [`${methods.join(', ')} ${path}`, route, ['Try', `Try ${route}`, () => this.page.onTry(route)]];
  }

  async #show(name, isWanted = false) {
    const { ok, text, problem } = await this.page.ask('GET', `/specs/${encodeURIComponent(name)}`);
    if (!ok) {
      this.#say(problem.detail);
      return;
    }
    this.#shown = JSON.parse(text);
    this.parts.operationBox.hidden = false;
    setText(this.parts.operationName, name);
    this.#paint();
    if (isWanted) this.parts.operationBox.focus();
  }

  #paint() {
    const { operations, unservedOperations } = this.#shown;
    const wanted = this.parts.operationFilter.value.trim().toLowerCase();
    const all = [...unservedOperations, ...operations];
    const found = all.filter((each) => JSON.stringify(each).toLowerCase().includes(wanted));
    this.operations.show(found.slice(0, MAX_ROWS), wanted && 'No operation has this in it.');
    const shown = Math.min(found.length, MAX_ROWS);
    setText(this.parts.operationTotal, shown === all.length ? `${shown}` : `${all.length}, ${shown} shown`);
  }

  async #bring() {
    const field = this.parts.specFile;
    const [file] = field.files;
    if (!file) return;
    const name = nameOf(file.name.replace(/\.(ya?ml|json)$/i, '')).slice(0, 40);
    this.#say(`${name} is being read.`);
    const { ok, text, problem } = await this.page.ask('POST', '/specs', {
      body: JSON.stringify({ name, document: await file.text() }),
    });
    field.value = '';
    const { served, unserved } = ok ? JSON.parse(text) : {};
    this.#say(ok ? `${name} is served: ${served} operations, and ${unserved} are not.` : problem.detail);
    this.#changed();
    if (ok) this.#show(name);
  }

  async #delete(name) {
    const { ok, problem } = await this.page.ask('DELETE', `/specs/${encodeURIComponent(name)}`);
    this.#say(ok ? `${name} is no longer served.` : problem.detail);
    this.#changed();
  }

  #changed() {
    this.refresh();
    this.page.onChange();
  }

  #say(text) {
    setText(this.parts.specNote, text);
  }
}
