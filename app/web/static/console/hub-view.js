// A client of the hub: Microsoft's own, over any of its transports.

import { Charts } from './charts.js';
import { element, setText } from './dom.js';
import { getKey } from './keys.js';
import { Series } from './series.js';
import { PAGE } from './site.js';

/** The view that connects, subscribes to a hub context, and shows what comes. */
export class HubView {
  #connection = null;
  #context = '';
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
    this.#context = '';
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
    const wanted = this.form.elements.context.value.trim() || await this.#first();
    if (!wanted) {
      setText(this.part('hubNote'), 'There is no hub context; HubContexts and /api/manage/hub-contexts make them.');
      return;
    }
    const connection = this.#connection;
    if (this.#context) await connection.invoke('UnsubscribeFromContext', this.#context);
    this.#context = '';
    this.#series = new Series();
    this.#charts.clear();
    await connection.invoke('SubscribeToContext', wanted);
    this.#context = wanted;
    this.form.elements.context.value = wanted;
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
    connection.on('DataUpdate', (update) => this.#take(update));
    connection.onreconnecting(() => this.#show('Reconnecting'));
    connection.onreconnected(() => {
      this.#show('Connected');
      if (this.#context) connection.invoke('SubscribeToContext', this.#context);
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

  #take(update) {
    this.#count += 1;
    setText(this.part('hubLatest'), JSON.stringify(update, null, 2));
    if (!update.error) {
      this.#series.addValue(update.data, this.#count, update.timestamp / 1000);
      this.#charts.paint(this.#series);
    }
  }
}
