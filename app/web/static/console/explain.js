// What an answer that is no stream means, and what one can do about it.

/**
 * @typedef {object} Outcome
 * @property {string} text one sentence: what happened
 * @property {'ended'|'failed'} [final] there is no use in trying again
 * @property {number} [wait] milliseconds until the next try
 * @property {string} [advice] what to do
 * @property {object} [problem] the server's problem document
 * @property {'key'|'edit'} [action] a button that helps
 */

const ADVICE = {
  400: ['Correct the request and start again.', 'edit'],
  401: ['This server wants a key for its mock endpoints.', 'key'],
  403: ['The server, or a proxy before it, does not serve this client. Ask whoever runs it.'],
  404: ['Check the path; a proxy may serve this page under another prefix.', 'edit'],
  413: ['The shape or the body is over a limit of the server: make it smaller.', 'edit'],
  414: ['The address is too long: make the shape smaller.', 'edit'],
  431: ['The address or the headers are too long for the server.', 'edit'],
  502: ['The model failed. The table of backends in the Server view shows their health.'],
  504: ['The model took too long. Try another backend, or a smaller shape.'],
};

/**
 * @param {Response} response not 200, or no event stream
 * @returns {Promise<Outcome>}
 */
export async function explainAnswer(response) {
  const { status } = response;
  if (status === 204) {
    return { final: 'ended', text: 'Nothing follows: the server answered 204, which stops a client.' };
  }
  const problem = await readProblem(response);
  const name = response.statusText || problem?.title || '';
  const text = problem?.detail ?? `The server answered ${status} ${name}`.trim();
  if (status === 503) {
    const seconds = Number(response.headers.get('Retry-After'));
    if (seconds > 0) {
      return {
        wait: seconds * 1000,
        text,
        advice: `The server asks to come back in ${seconds} s (Retry-After). This page does; `
          + 'an EventSource would give up after a 503.',
        status,
      };
    }
  }
  if (response.ok) {
    return {
      final: 'failed',
      text: 'The answer is no event stream.',
      advice: 'Something between this page and the server answers in its place.',
      status,
    };
  }
  const [advice, action] = ADVICE[status] ?? ['An EventSource does not reconnect after this either.'];
  return { final: 'failed', text, advice, action, problem, status };
}

/**
 * @param {Response} response an error with an event in it, which was asked for
 * @returns {Outcome}
 */
export function explainSimulated(response) {
  return {
    final: 'failed',
    text: `The server answered ${response.status}, the error that the request asked for.`,
    advice: 'An EventSource gives up here and never shows the event; fetch() does, as this page.',
    status: response.status,
  };
}

async function readProblem(response) {
  if (response.bodyUsed || !/json/.test(response.headers.get('Content-Type') ?? '')) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/**
 * @param {Error} error of fetch(), or of reading its body
 * @param {string} url
 * @param {boolean} blocked whether the page's policy refused it
 * @returns {Outcome}
 */
export function explainNetwork(error, url, blocked) {
  const { origin } = new URL(url, location.origin);
  if (blocked) {
    return {
      final: 'failed',
      text: `The policy of this page (CSP) does not let it connect to ${origin}.`,
      advice: 'It talks to its own server alone. Open the console of that server instead.',
    };
  }
  if (origin !== location.origin) {
    return {
      final: 'failed',
      text: `${origin} cannot be read from this page.`,
      advice: 'It may be down, or it does not permit this origin (CORS). Open its own console.',
    };
  }
  return {
    text: 'The server cannot be reached, or the connection broke.',
    advice: 'This page goes on trying, as an EventSource does. Is the server running?',
  };
}
