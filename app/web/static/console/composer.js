// The form that a request is composed in. Its URL is the truth: fields are
// written into it, and what someone types there is read back into the fields.

import { copy, setText } from './dom.js';
import { FaultPicker } from './faults.js';
import { JsonEditor } from './json-editor.js';
import { OPTIONS, toDraft, toUrl, whyNotSent } from './request.js';

/** Options that are boxes, and the value of each that is checked. */
const FLAGS = { continuous: 'true', includeSchema: 'true', vary: 'all' };
/** Options that are one of several, and other spellings of their values. */
const CHOICES = { sseMode: {}, blend: { 1: 'true', 0: 'false' } };
const PACE = ['maxEvents', 'jitter', 'delay'];
const MORE = ['contextName', 'backend', 'blend', 'count', 'seed', 'vary', 'locale', 'includeSchema'];
const ERROR = ['error', 'errorMessage', 'errorDetails'];

/** Where the form shows what the server says of a parameter. */
const FIELD_OF = { context: 'contextName', 'api-context': 'contextName' };

export class Composer {
  #fields = [];

  /**
   * @param {HTMLFormElement} form
   * @param {{continuous: boolean, includeSchema: boolean, vary: boolean}} defaults the server's
   * @param {{onStart: (url: string) => void, onChange: () => void,
   *   onCode: (url: string) => void, onRoute: (url: string) => void}} page
   */
  constructor(form, defaults, page) {
    this.form = form;
    this.defaults = defaults;
    this.page = page;
    const part = (name) => form.querySelector(`[data-part=${name}]`);
    this.urlField = form.elements.url;
    this.startButton = part('start');
    this.urlError = part('urlError');
    this.editor = new JsonEditor({
      field: form.elements.shape, backdrop: part('backdrop'), message: part('shapeError'), format: part('format'),
    }, () => this.#fieldsChanged());
    this.faults = new FaultPicker(part('faults'), form.elements.fault);
    form.addEventListener('input', (event) => this.#input(event.target));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.startButton.disabled) page.onStart(this.url);
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    part('copyUrl').addEventListener('click', (event) => (
      copy(new URL(this.url, location.origin).href, event.currentTarget)));
    part('code').addEventListener('click', () => page.onCode(this.url));
    part('route').addEventListener('click', () => page.onRoute(this.url));
  }

  get url() {
    return this.urlField.value.trim();
  }

  set url(url) {
    this.urlField.value = url;
    this.#urlChanged();
  }

  /** Shows what the server finds wrong with a request, beside the option. */
  showProblem({ parameter = '', detail = '' }) {
    const name = FIELD_OF[parameter] ?? (parameter.startsWith('$') ? 'shape' : parameter);
    const place = this.form.querySelector(`[data-error-of="${CSS.escape(name)}"]`)
      ?? this.urlError;
    setText(place, detail);
    place.hidden = false;
    place.closest('details')?.setAttribute('open', '');
    this.form.elements[name]?.setAttribute?.('aria-invalid', 'true');
  }

  #input(target) {
    this.#clearProblems();
    if (target === this.urlField) {
      this.#urlChanged();
    } else if (target.name === 'path' && /^(https?:|\/api\/)|\?/.test(target.value)) {
      // Someone pasted an address.
      const isWhole = /^(https?:|\/)/.test(target.value);
      this.url = isWhole ? target.value : toUrl({ path: '', options: {} }) + target.value;
    } else if (target !== this.editor.field) {
      this.#fieldsChanged();
    }
  }

  #clearProblems() {
    for (const place of this.form.querySelectorAll('[data-error-of]')) place.hidden = true;
    for (const field of this.form.querySelectorAll('[aria-invalid=true]')) {
      if (field !== this.editor.field) field.removeAttribute('aria-invalid');
    }
  }

  #fieldsChanged() {
    this.urlField.value = toUrl(this.#draft());
    this.#check();
    this.page.onChange();
  }

  #draft() {
    const { elements } = this.form;
    const options = {};
    for (const name of OPTIONS) {
      if (name in FLAGS) options[name] = this.#flag(name);
      else if (name === 'shape') options.shape = this.editor.value;
      else options[name] = elements[name].value.trim();
    }
    return { path: elements.path.value.trim(), options, fields: this.#fields };
  }

  #flag(name) {
    const { checked } = this.form.elements[name];
    if (checked === this.defaults[name]) return '';
    return checked ? FLAGS[name] : 'false';
  }

  #urlChanged() {
    if (!whyNotSent(this.url)) {
      const { path, options, fields } = toDraft(this.url);
      const { elements } = this.form;
      this.#fields = fields;
      elements.path.value = path;
      for (const name of OPTIONS) {
        const text = options[name] ?? '';
        if (name in FLAGS) elements[name].checked = this.#isSet(name, text);
        else if (name === 'shape') this.editor.value = text;
        else if (name in CHOICES) elements[name].value = spelt(elements[name], CHOICES[name][text] ?? text);
        else elements[name].value = text;
      }
      this.#openFilled(options);
    }
    this.#check();
    this.page.onChange();
  }

  #isSet(name, text) {
    return text ? [FLAGS[name], '1'].includes(text.toLowerCase()) : this.defaults[name];
  }

  #openFilled(options) {
    const parts = [['pace', PACE], ['more', MORE], ['simulation', ERROR], ['faults', ['fault']]];
    for (const [part, names] of parts) {
      if (names.some((name) => options[name])) this.form.querySelector(`[data-part=${part}]`).open = true;
    }
  }

  #check() {
    const reason = whyNotSent(this.url);
    setText(this.urlError, reason ?? '');
    this.urlError.hidden = !reason;
    this.startButton.disabled = Boolean(reason) || this.editor.error !== null;
    this.form.classList.toggle('one-shot', !this.form.elements.continuous.checked);
  }
}

/** A mode in the spelling of the form's choices; what is none of them stays as it is. */
function spelt(choices, text) {
  const found = [...choices].find(({ value }) => value.toLowerCase() === text.toLowerCase());
  return found ? found.value : text;
}
