// The dialog that shows a request or a route as code.

import { copy, element, setText } from './dom.js';

const dialog = document.getElementById('code');
const title = dialog.querySelector('h2');
const list = dialog.querySelector('[data-part=languages]');
const code = dialog.querySelector('[data-part=code]');
const copyButton = dialog.querySelector('[data-part=copy]');

let write = () => {};

copyButton.addEventListener('click', () => copy(code.textContent, copyButton));
list.addEventListener('change', () => write());

/**
 * Shows something as code; the language that was chosen last stays chosen.
 * @template Wanted
 * @param {string} what
 * @param {Object<string, (wanted: Wanted) => string>} languages
 * @param {Wanted} wanted
 */
export function showCode(what, languages, wanted) {
  const names = Object.keys(languages);
  const last = list.querySelector('input:checked')?.value;
  const chosen = names.includes(last) ? last : names[0];
  list.replaceChildren(list.firstElementChild, ...names.map((name) => element('label', { class: 'choice' },
    element('input', { type: 'radio', name: 'language', value: name, checked: name === chosen }),
    element('span', {}, name))));
  write = () => setText(code, languages[list.querySelector('input:checked').value](wanted));
  write();
  setText(title, `This ${what} as code`);
  dialog.showModal();
}
