// The form in which a route is written, checked by the server as one types.

import { setText } from './dom.js';
import { JsonEditor } from './json-editor.js';
import { findPlace, parseTree } from './json-tree.js';
import { NEW_ROUTE } from './route.js';

const TYPING_MS = 400;

export class RouteEditor {
  #timer = 0;
  #asked = 0;
  #kept = NEW_ROUTE;
  #before = null;

  /**
   * @param {HTMLFormElement} form
   * @param {object} page
   * @param {(...request: any[]) => Promise<object>} page.ask one management request
   * @param {(names: string[]) => void} page.onSave
   * @param {(text: string) => void} page.onTry
   * @param {(text: string) => void} page.onCode
   */
  constructor(form, page) {
    this.form = form;
    this.page = page;
    const part = (name) => form.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(
      ['title', 'about', 'fresh', 'back', 'try', 'code', 'said'].map((name) => [name, part(name)]));
    this.json = new JsonEditor({
      field: form.elements.route, backdrop: part('backdrop'), message: part('error'), format: part('format'),
    }, () => this.#changed());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.save();
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.parts.fresh.addEventListener('click', () => this.edit(NEW_ROUTE));
    this.parts.back.addEventListener('click', () => this.edit(this.#before.text, this.#before));
    this.parts.try.addEventListener('click', () => this.#ifJson(page.onTry));
    this.parts.code.addEventListener('click', () => this.#ifJson(page.onCode));
    this.#open(NEW_ROUTE, {});
  }

  /**
   * Opens a route. What was typed before and not saved can be brought back.
   * @param {string} text its JSON
   * @param {{name?: string, isConfigured?: boolean}} of the route that saving replaces, if
   *   it was made at run time; one of the configuration gets another in front of it
   */
  edit(text, of = {}) {
    const { value } = this.json;
    this.#before = value && value !== this.#kept ? { ...this.of, text: value } : null;
    this.#open(text, of);
    this.check();
    this.json.field.focus();
    this.form.scrollIntoView({ block: 'nearest' });
  }

  #open(text, { name = '', isConfigured = false }) {
    this.of = { name, isConfigured };
    this.json.value = text;
    this.#kept = this.json.value;
    setText(this.parts.title, name && !isConfigured ? `Route ${name}` : 'New route');
    setText(this.parts.about, isConfigured
      ? `${name} is in the configuration and stays as it is. Saved, this is a route of its own, which goes first.` : '');
    this.parts.back.hidden = !this.#before;
    this.#say('');
  }

  /** Keeps the route; where the server refuses it, shows why at the place. */
  async save() {
    const { json } = this;
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (this.#complain()) return;
    const { name, isConfigured } = this.of;
    const isKnown = name && !isConfigured;
    const text = json.field.value;
    const { ok, text: answer, problem } = await this.page.ask(
      isKnown ? 'PUT' : 'POST', isKnown ? `/routes/${encodeURIComponent(name)}` : '/routes', { body: text });
    if (!ok) {
      this.#refuse(problem);
      if (json.error) json.goToError();
      return;
    }
    const made = isKnown ? [JSON.parse(answer)] : JSON.parse(answer).routes;
    const names = made.map((route) => route.name);
    this.#kept = json.value;
    this.#before = null;
    this.parts.back.hidden = true;
    if (names.length === 1) {
      this.of = { name: names[0], isConfigured: false };
      setText(this.parts.title, `Route ${names[0]}`);
      setText(this.parts.about, '');
    }
    this.#say(`Saved: ${names.join(', ')}`);
    this.page.onSave(names);
  }

  /** The route of that name is no more. */
  forget(name) {
    if (this.of.name !== name || this.of.isConfigured) return;
    this.of = { name: '', isConfigured: false };
    setText(this.parts.title, 'New route');
  }

  /** Asks the server what it would say of the text, and shows it without moving the caret. */
  async check() {
    const { json } = this;
    const turn = ++this.#asked;
    if (json.error || !json.value) return;
    const { ok, status, problem } = await this.page.ask('POST', '/routes/check', { body: json.field.value, ask: false });
    if (turn === this.#asked && !ok && status === 400) this.#refuse(problem);
  }

  #changed() {
    this.#say('');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.check(), TYPING_MS);
  }

  #refuse({ detail, pointer }) {
    const { json } = this;
    const root = pointer === undefined ? null : parseTree(json.field.value);
    if (root) json.refuse(findPlace(root, pointer), detail);
    else this.#say(detail);
  }

  /** Goes to what is no JSON. @returns {boolean} whether there is such a thing */
  #complain() {
    if (parseTree(this.json.field.value)) return false;
    if (this.json.error) this.json.goToError();
    else this.#say('Here belongs a route.');
    return true;
  }

  #ifJson(action) {
    if (!this.#complain()) action(this.json.field.value);
  }

  #say(text) {
    setText(this.parts.said, text);
  }
}
