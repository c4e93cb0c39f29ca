// Requests to start with, one for each thing that live data is used for.

const MAX = '300';

function stock(ticker) {
  return {
    path: `stocks/${ticker}`,
    options: {
      continuous: 'true', interval: '1000', maxDuration: MAX, sseMode: 'CompleteObjects',
      shape: `{"ticker":"${ticker}","price":150.0,"change":2.5}`,
    },
  };
}

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {string} about
 * @property {Partial<import('./address.js').Watched>} [view]
 * @property {import('./request.js').Draft[]} drafts
 */

/** @type {Preset[]} */
export const PRESETS = [
  {
    name: 'Stock dashboard',
    about: 'Four tickers side by side; prices move every second.',
    drafts: ['AAPL', 'GOOGL', 'MSFT', 'AMZN'].map(stock),
  },
  {
    name: 'IoT rooms',
    about: 'Temperature and humidity, room by room, every five seconds.',
    drafts: [{
      path: 'temperature',
      options: {
        continuous: 'true', interval: '5000', maxDuration: MAX, sseMode: 'ArrayItems',
        shape: '{"rooms":[{"id":"living-room","temp":72,"humidity":45},'
          + '{"id":"kitchen","temp":75,"humidity":50},{"id":"bedroom","temp":68,"humidity":41}]}',
      },
    }],
  },
  {
    name: 'Log viewer',
    about: 'Lines of several services, as a log that grows.',
    view: { rows: 'log' },
    drafts: [{
      path: 'logs',
      options: {
        continuous: 'true', interval: '2000', maxDuration: '600', sseMode: 'ArrayItems',
        shape: '{"logs":[{"timestamp":"2025-01-06T12:00:00Z","level":"info","service":"api","message":"string"}]}',
      },
    }],
  },
  {
    name: 'Chat tokens',
    about: 'A message every five seconds, token by token.',
    drafts: [{
      path: 'chat',
      options: {
        continuous: 'true', interval: '5000', maxDuration: MAX, sseMode: 'LlmTokens',
        shape: '{"role":"assistant","message":"string"}',
      },
    }],
  },
  {
    name: 'Notifications',
    about: 'What a user is told, one at a time, every three seconds.',
    drafts: [{
      path: 'notifications',
      options: { continuous: 'true', interval: '3000', maxDuration: MAX, sseMode: 'CompleteObjects' },
    }],
  },
  {
    name: 'One answer',
    about: 'A regular stream: three orders, then the end.',
    drafts: [{
      path: 'orders',
      options: {
        sseMode: 'CompleteObjects', count: '3',
        shape: '[{"orderId":"ord-1001","customer":"string","total":129.5,"status":"paid"}]',
      },
    }],
  },
];
