// A client of the hub: Microsoft's own, over any of its transports.

import { Charts } from './charts.js';
import { element, setText } from './dom.js';
import { getKey } from './keys.js';
import { Series } from './series.js';
import { PAGE } from './site.js';

/** What one subscribes to: the method for it, and the one that ends it. */
const KINDS = {
  context: { join: 'SubscribeToContext', leave: 'UnsubscribeFromContext' },
  feed: { join: 'Subscribe', leave: 'Unsubscribe' },
};

/** The view that connects, subscribes to a hub context, a feed or a route, and shows what comes. */
export class HubView {
  #connection = null;
  /** @type {{kind: 'context'|'feed', name: string}|null} */
  #joined = null;
  #series = new Series();
  #charts = new Charts();
  #count = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    this.form = root.querySelector('form');
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#watch().catch((error) => setText(this.part('hubNote'), error.message));
    });
    this.part('hubLeave').addEventListener('click', () => this.close());
    this.part('hubCharts').append(this.#charts.root);
    this.#show('Not connected');
  }

  /** A visitor says when to connect. */
  open() {}

  close() {
    const connection = this.#connection;
    this.#connection = null;
    this.#joined = null;
    connection?.stop();
    this.#show('Not connected');
  }

  #show(state) {
    setText(this.part('hubState'), state);
    this.part('hubLeave').disabled = !this.#connection;
    this.form.elements.transport.disabled = Boolean(this.#connection);
  }

  async #watch() {
    setText(this.part('hubNote'), '');
    if (!this.#connection) await this.#connect();
    const { kind: { value: kind }, source } = this.form.elements;
    const name = source.value.trim() || (kind === 'context' && await this.#first());
    if (!name) {
      setText(this.part('hubNote'), kind === 'context'
        ? 'There is no hub context; HubContexts and /api/manage/hub-contexts make them.'
        : 'A feed or a route has a name.');
      return;
    }
    const left = this.#joined;
    this.#joined = null;
    if (left) await this.#call('leave', left);
    this.#series = new Series();
    this.#charts.clear();
    await this.#call('join', { kind, name });
    this.#joined = { kind, name };
    source.value = name;
  }

  #call(what, { kind, name }) {
    return this.#connection.invoke(KINDS[kind][what], name);
  }

  async #connect() {
    const transport = this.form.elements.transport.value;
    const connection = new signalR.HubConnectionBuilder()
      .withUrl(PAGE.hub, {
        transport: signalR.HttpTransportType[transport],
        accessTokenFactory: () => getKey('mock'),
      })
      .withAutomaticReconnect()
      .configureLogging(signalR.LogLevel.None)
      .build();
    connection.on('DataUpdate', (update) => this.#takeUpdate(update));
    connection.on('Event', (event) => this.#takeEvent(event));
    connection.onreconnecting(() => this.#show('Reconnecting'));
    connection.onreconnected(() => {
      this.#show('Connected');
      if (this.#joined) this.#call('join', this.#joined);
    });
    connection.onclose(() => {
      if (connection === this.#connection) this.close();
    });
    this.#connection = connection;
    this.#show('Connecting');
    try {
      await connection.start();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#show('Connected');
  }

  /** The first hub context, after all were put into the list; empty where there is none. */
  async #first() {
    const { contexts } = await this.#connection.invoke('GetAvailableContexts');
    this.part('hubContexts').replaceChildren(...contexts.map((name) => element('option', { value: name })));
    return contexts[0] ?? '';
  }

  #takeUpdate(update) {
    this.#take(update);
    if (!update.error) this.#draw(update.data, update.timestamp);
  }

  /** An event of a feed has the contract's payload, or that of its route. */
  #takeEvent(event) {
    this.#take(event);
    const { data, timestamp } = event;
    if (data === null || typeof data !== 'object' || data.type) return;
    if (data.item) {
      this.#series.addItem(data.item, data.index, data.batchNumber, timestamp / 1000);
      this.#charts.paint(this.#series);
    } else {
      this.#draw(data.data ?? data, timestamp);
    }
  }

  #take(message) {
    this.#count += 1;
    setText(this.part('hubLatest'), JSON.stringify(message, null, 2));
  }

  #draw(value, timestamp) {
    this.#series.addValue(value, this.#count, timestamp / 1000);
    this.#charts.paint(this.#series);
  }
}
