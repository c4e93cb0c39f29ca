// The dialog that shows a request as code.

import { copy, element, setText } from './dom.js';
import { getKey } from './keys.js';
import { LANGUAGES } from './snippets.js';

const dialog = document.getElementById('code');
const list = dialog.querySelector('[data-part=languages]');
const code = dialog.querySelector('[data-part=code]');
const copyButton = dialog.querySelector('[data-part=copy]');

let wanted = null;

for (const name of Object.keys(LANGUAGES)) {
  list.append(element('label', { class: 'choice' },
    element('input', { type: 'radio', name: 'language', value: name, onchange: write }), element('span', {}, name)));
}
list.querySelector('input').checked = true;
copyButton.addEventListener('click', () => copy(code.textContent, copyButton));

function write() {
  const name = list.querySelector('input:checked').value;
  setText(code, LANGUAGES[name](wanted));
}

/** Shows the request of that URL as code. */
export function showCode(url) {
  wanted = { url, keyed: getKey('mock') !== '' };
  write();
  dialog.showModal();
}
