// The mock server's management API, over fetch, for tests in JavaScript.

const server = process.env.LLMOCK_URL ?? 'http://127.0.0.1:5000';
const key = process.env.LLMOCK_KEY;

export async function manage(method, path, body) {
  const response = await fetch(`${server}/api/manage${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(key && { Authorization: `Bearer ${key}` }),
    },
    body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(answer?.detail ?? `${response.status}`);
  return answer;
}

/** Makes a route below a prefix of its own; close() deletes it. */
export async function mock(path, keys) {
  const prefix = `/${crypto.randomUUID()}`;
  const about = `prefix=${prefix}/`;
  await manage('POST', '/routes', { path: prefix + path, expiresSeconds: 3600, ...keys });
  let after = '';
  return {
    url: server + prefix + path,
    steer: (verb, body) => manage('POST', `/streams/${verb}?${about}`, body),
    async cut() {
      const { cursor } = await this.steer('cut');
      after = `&after=${cursor}`;
    },
    async waitForClients(clients) {
      const query = `${about}&clients=${clients}${after}&timeoutMs=5000`;
      const { met } = await manage('GET', `/streams/wait?${query}`);
      if (!met) throw new Error(`fewer than ${clients} clients came`);
    },
    advance: (ms) => manage('POST', `/clock/advance?${about}`, { ms }),
    journal: async () => (await manage('GET', `/journal?${about}`)).entries,
    verdict: async () => (await manage('GET', `/verdict?${about}`)).clients,
    async close() {
      await manage('DELETE', `/routes?${about}`);
      await this.steer('end');
    },
  };
}
