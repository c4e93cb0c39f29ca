// The verdict: how each client stands by the rules of a good reader of streams.

import { element, setText } from './dom.js';
import { askForKeys } from './keys.js';
import { manageInTurn } from './management.js';

const WORDS = { pass: 'kept', fail: 'broken', 'not-seen': 'not seen' };

export class VerdictView {
  /**
   * @param {HTMLElement} root
   * @param {import('./connections.js').Connections} connections
   * @param {(seq: number) => void} onEntry shows an entry of the journal
   */
  constructor(root, connections, onEntry) {
    this.form = root.querySelector('form');
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(
      ['verdictState', 'verdictHelp', 'verdictNote', 'verdictNothing', 'verdictClients', 'verdictMark', 'verdictReport']
        .map((name) => [name, part(name)]));
    this.connections = connections;
    this.onEntry = onEntry;
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.judge();
    });
    this.parts.verdictMark.addEventListener('click', () => this.#mark());
    this.parts.verdictReport.addEventListener('click', () => this.#report());
    this.parts.verdictHelp.addEventListener('click', async () => {
      if (await askForKeys('manage')) this.judge();
    });
  }

  open() {
    this.judge();
  }

  close() {}

  /** Reads the verdict anew. */
  async judge() {
    const { ok, status, text, problem } = await this.#ask('GET', '');
    this.parts.verdictHelp.hidden = status !== 401;
    if (!ok) {
      this.#become('failed', problem.detail);
      return;
    }
    const { result, judgedAt, clients } = JSON.parse(text);
    this.#become(result, clients.length ? `${WORDS[result]}, at ${new Date(judgedAt).toLocaleTimeString()}` : 'No client yet');
    this.parts.verdictNothing.hidden = clients.length > 0;
    this.parts.verdictClients.replaceChildren(...clients.map((client) => this.#client(client)));
  }

  async #ask(method, path, body) {
    const prefix = this.form.elements.prefix.value.trim();
    const query = prefix ? `${path.includes('?') ? '&' : '?'}prefix=${encodeURIComponent(prefix)}` : '';
    const answer = await manageInTurn(this.connections, [method, `/verdict${path}${query}`, { ask: false, body }]);
    setText(this.parts.verdictNote, answer.ok ? '' : answer.problem.detail);
    return answer;
  }

  #become(state, text) {
    setText(this.parts.verdictState, text);
    this.parts.verdictState.dataset.state = state;
  }

  async #mark() {
    const { ok } = await this.#ask('POST', '/mark', '{}');
    if (ok) setText(this.parts.verdictNote, 'Marked: clients should be gone within a second. Judge again then.');
  }

  async #report() {
    const { ok, text } = await this.#ask('GET', '?format=junit');
    if (!ok) return;
    const link = element('a', { download: 'verdict.xml', href: URL.createObjectURL(new Blob([text], { type: 'application/xml' })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  #client({ client, userAgent, result, rules }) {
    const name = `${client} ${userAgent}`.trim();
    const heads = ['Rule', 'Result', 'Why', 'Requests', 'Rests on'];
    return element('section', { class: 'judged', 'aria-label': name },
      element('h3', {}, name, ' ', chip(result)),
      element('div', { class: 'table-box', tabindex: '0', role: 'group', 'aria-label': `Rules for ${name}` },
        element('table', {},
          element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
          element('tbody', {}, ...rules.map((rule) => this.#rule(rule))))));
  }

  #rule({ rule, result, requests, says, title, basis }) {
    return element('tr', { 'data-rule': rule, 'data-result': result },
      element('th', { scope: 'row' }, element('code', {}, rule), element('span', { class: 'hint' }, title)),
      element('td', {}, chip(result)),
      element('td', {}, result === 'not-seen' ? '' : says),
      element('td', {}, ...requests.flatMap((seq) => [element('button', {
        type: 'button', class: 'link', 'aria-label': `Show entry ${seq}`, onclick: () => this.onEntry(seq),
      }, String(seq)), ' '])),
      element('td', { class: 'basis' }, basis));
  }
}

function chip(result) {
  return element('span', { class: 'chip', 'data-state': result }, WORDS[result]);
}
