// Light, dark, or as the system has it.

const KEY = 'llmock.theme';
const LABELS = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };

/** Lets a button choose the theme; everyone who draws hears of it as `themechange`. */
export function followTheme(button) {
  const root = document.documentElement;

  function apply(theme) {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = LABELS[theme];
    document.dispatchEvent(new Event('themechange'));
  }

  let theme = localStorage.getItem(KEY) ?? 'auto';
  if (!NEXT[theme]) theme = 'auto';
  apply(theme);
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    localStorage.setItem(KEY, theme);
    apply(theme);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(theme));
}
