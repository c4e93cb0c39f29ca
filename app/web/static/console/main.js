// Puts the page together and keeps its address in step with what it shows.

import { fromHash, toHash, VIEWS } from './address.js';
import { Composer } from './composer.js';
import { Connections } from './connections.js';
import { element } from './dom.js';
import { HubView } from './hub-view.js';
import { askForKeys, getKey } from './keys.js';
import { Overview } from './overview.js';
import { Panels } from './panels.js';
import { PRESETS } from './presets.js';
import { keepRecording } from './recording-dialog.js';
import { toUrl } from './request.js';
import { routeOfRequest } from './route.js';
import { RoutesView } from './routes-view.js';
import { showCode } from './snippet-dialog.js';
import { PAGE } from './site.js';
import { LANGUAGES } from './snippets.js';
import { followTheme } from './theme.js';
import { VerdictView } from './verdict-view.js';

const START = toUrl({
  path: 'stocks',
  options: {
    continuous: 'true', interval: '1000', sseMode: 'CompleteObjects',
    shape: '{"ticker":"AAPL","price":150.0,"change":2.5}',
  },
});

const connections = new Connections();
const overview = new Overview(document.getElementById('server'), connections);
const routes = new RoutesView(document.getElementById('routes-view'), connections, PAGE.defaults, {
  onRecord, onWatch,
});
const verdict = new VerdictView(document.getElementById('verdict-view'), connections, (seq) => {
  showView('routes');
  remember();
  routes.journal.show(seq);
});
const hub = new HubView(document.getElementById('hub-view'));
const live = { routes, hub, verdict, server: overview };
let view = 'streams';
let restoring = false;

const composer = new Composer(document.getElementById('composer'), PAGE.defaults, {
  onStart: (url) => start([{ url }]),
  onChange: remember,
  onCode,
  onRoute: (url) => {
    showView('routes');
    remember();
    routes.edit(routeOfRequest(url, PAGE.defaults));
  },
});

const panels = new Panels(document.getElementById('streams'), {
  connections,
  onChange: remember,
  onCode,
  onRecord,
  onEdit: (url, problem) => {
    composer.url = url;
    if (problem) composer.showProblem(problem);
    composer.form.elements.path.focus();
    composer.form.scrollIntoView({ block: 'start' });
  },
  onProblem: (panel, problem) => {
    if (panel.url === composer.url) composer.showProblem(problem);
  },
  onKey: async (panel) => {
    if (await askForKeys('mock')) panel.start();
  },
});

function onCode(url) {
  const route = routeOfRequest(url, PAGE.defaults);
  showCode('request', LANGUAGES, { url, keyed: getKey('mock') !== '', route });
}

async function onRecord(url, frames) {
  const path = await keepRecording(url, frames, connections);
  if (path === null) return;
  showView('routes');
  remember();
  routes.try(path);
}

function onWatch(url) {
  showView('streams');
  start([{ url }]);
}

function start(streams) {
  const added = streams.map((stream) => panels.add(stream));
  added[0].root.scrollIntoView({ block: 'nearest' });
}

function startPreset({ drafts, view: how }) {
  composer.url = toUrl(drafts[0]);
  start(drafts.map((draft) => ({ ...how, url: toUrl(draft) })));
}

for (const list of document.querySelectorAll('[data-presets]')) {
  list.append(...PRESETS.map((preset) => element('li', {},
    element('button', { type: 'button', class: 'preset', onclick: () => startPreset(preset) },
      element('strong', {}, preset.name), element('span', {}, preset.about)))));
}

function showView(name) {
  view = name;
  for (const each of VIEWS) {
    document.getElementById(`${each}-view`).hidden = each !== name;
    document.getElementById(`show-${each}`).toggleAttribute('aria-current', each === name);
  }
  document.getElementById('skip').hidden = name !== 'streams';
  for (const [each, part] of Object.entries(live)) {
    if (each === name) part.open();
    else part.close();
  }
}

for (const name of VIEWS) {
  document.getElementById(`show-${name}`).addEventListener('click', () => {
    showView(name);
    remember();
  });
}

document.getElementById('show-keys').addEventListener('click', () => askForKeys('mock'));
followTheme(document.getElementById('theme'));

function remember() {
  if (restoring) return;
  const hash = toHash({ compose: composer.url === START ? '' : composer.url, streams: panels.watched, view });
  if (hash !== location.hash) history.replaceState(null, '', hash === '#' ? location.pathname : hash);
}

function restore() {
  restoring = true;
  const state = fromHash(location.hash);
  composer.url = state.compose || START;
  panels.replace(state.streams);
  showView(state.view);
  restoring = false;
}

// A browser may keep a page that was left, with its connections; back again, it starts anew.
addEventListener('pagehide', () => {
  panels.stop();
  for (const part of Object.values(live)) part.close();
});
addEventListener('pageshow', ({ persisted }) => persisted && restore());
addEventListener('hashchange', restore);
restore();
document.documentElement.dataset.ready = 'true';
