// Keys that the server may want. They stay in this tab and are never in an address.

const NAMES = { mock: 'llmock.key', manage: 'llmock.management-key' };

/** @param {'mock'|'manage'} area */
export function getKey(area) {
  return sessionStorage.getItem(NAMES[area]) ?? '';
}

/** Keeps a key until the tab is closed; empty forgets it. */
export function setKey(area, key) {
  if (key) sessionStorage.setItem(NAMES[area], key);
  else sessionStorage.removeItem(NAMES[area]);
}

/** The headers that carry the key, where there is one. */
export function keyHeaders(area) {
  const key = getKey(area);
  return key ? { 'X-Api-Key': key } : {};
}

/** Asks for keys; resolves to whether they were given. */
export function askForKeys(area) {
  const dialog = document.getElementById('keys');
  const form = dialog.querySelector('form');
  for (const name of Object.keys(NAMES)) form.elements[name].value = getKey(name);
  dialog.showModal();
  form.elements[area]?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const given = dialog.returnValue === 'keep';
      if (given) for (const name of Object.keys(NAMES)) setKey(name, form.elements[name].value.trim());
      resolve(given);
    }, { once: true });
  });
}
