// What the page asks of its server. api.go answers.

/** A refusal with words for the visitor. */
export class Refused extends Error {
  /** @param {number} status @param {{ error?: string, reason?: string }} body */
  constructor(status, body) {
    super(body.reason ?? body.error ?? String(status));
    this.kind = body.error ?? 'fault';
    const reason = body.reason ?? '';
    this.reason = reason.charAt(0).toUpperCase() + reason.slice(1);
  }
}

/**
 * @param {string} method @param {string} path
 * @param {unknown} [body] JSON, or a Blob as it is
 */
async function call(method, path, body) {
  const raw = body instanceof Blob;
  const response = await fetch(`/api/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': raw ? body.type : 'application/json' },
      body: raw ? body : JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response.status === 204 ? undefined : response.json();
}

const of = (/** @type {string} */ person) => `people/${encodeURIComponent(person)}`;
const at = (/** @type {string} */ person, /** @type {string} */ thread) =>
  `${of(person)}/threads/${encodeURIComponent(thread)}`;
const on = (/** @type {string} */ person, /** @type {string} */ thread, /** @type {string} */ id) =>
  `${at(person, thread)}/messages/${encodeURIComponent(id)}`;

export const api = {
  people: () => call('GET', 'people'),
  threads: (person) => call('GET', `${of(person)}/threads`),
  messages: (person, thread) => call('GET', `${at(person, thread)}/messages`),
  sendText: (person, thread, text, replyTo) =>
    call('POST', `${at(person, thread)}/messages`, { text, reply_to: replyTo }),
  sendPhoto: (person, thread, photo, name, caption) =>
    call('POST', `${at(person, thread)}/photos?${new URLSearchParams({ name, caption })}`, photo),
  getStarted: (person, thread) => call('POST', `${at(person, thread)}/get-started`, {}),
  openLink: (person, url) => call('POST', `${of(person)}/links`, { url }),
  setOnline: (person, online) => call('PUT', `${of(person)}/online`, { online }),
  setReading: (reader, person, threads) => call('PUT', `readers/${reader}`, { person, threads }),
  edit: (person, thread, id, text) => call('PATCH', on(person, thread, id), { text }),
  remove: (person, thread, id) => call('DELETE', on(person, thread, id)),
  tap: (person, thread, id, pressed) => call('POST', `${on(person, thread, id)}/taps`, { button: pressed }),
  react: (person, thread, id, emoji) => call('PUT', `${on(person, thread, id)}/reaction`, { emoji }),
};

/** Address of a picture or a file. @param {string} person @param {string} id */
export const mediaURL = (person, id) => `/media/${encodeURIComponent(person)}/${encodeURIComponent(id)}`;
