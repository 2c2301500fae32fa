/**
 * One HTTP call to Tagalong, done properly: typed errors, retries with full jitter and `Retry-After`, one idempotency key
 * for all tries of a call, a deadline over all of them. The clients in `client.ts` and `shopper.ts` are thin layers on it.
 */
import { browserEnv, type Env } from './env.js'
import { newClientId } from './id.js'
import { retryAfterMs } from './transport.js'

export const version = '0.1.0'

export interface FieldError {
  path: string
  message: string
}

/** What the server answered instead of success, or `status` 0 when there was no answer. */
export class TagalongError extends Error {
  override readonly name = 'TagalongError'
  readonly status: number
  /** Stable, for programs. */
  readonly code: string
  /** Give it to support: it names this very call in the server's log. */
  readonly requestId: string | undefined
  readonly fields: readonly FieldError[]
  readonly retryAfterMs: number | undefined

  constructor(of: {
    status: number
    code: string
    message: string
    requestId?: string | undefined
    fields?: readonly FieldError[] | undefined
    retryAfterMs?: number | undefined
    cause?: unknown
  }) {
    super(of.message, of.cause === undefined ? undefined : { cause: of.cause })
    this.status = of.status
    this.code = of.code
    this.requestId = of.requestId
    this.fields = of.fields ?? []
    this.retryAfterMs = of.retryAfterMs
  }
}

export interface HttpOptions {
  /** Origin of the API, e.g. `https://chat.example.com`. */
  baseURL: string
  /** Bearer token, asked at each try; null or absent sends none (agents have a cookie). */
  token?: () => string | null
  /** Over all tries of one call; 30 s by default. */
  timeoutMs?: number
  /** For one try, its answer read to the end; 10 s by default, and without bound but `timeoutMs` where bytes are sent. */
  tryTimeoutMs?: number
  /** Tries after the first; 4 by default. */
  retries?: number
  /** Put before the client's own, where the platform lets us set it: `my-plugin/1.2`. */
  userAgent?: string
  env?: Partial<Env>
}

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  query?: Record<string, string | number | boolean | undefined | null>
  /** JSON, unless it is bytes. */
  body?: unknown
  /** Makes a POST safe to repeat: `true` makes a key for this call, a string is yours. */
  idempotencyKey?: true | string
  /** The call may be repeated without a key: the server knows its repeats by other means (a client_id). */
  repeatable?: boolean
  signal?: AbortSignal
}

export class Http {
  readonly #options: HttpOptions
  readonly #env: Env
  readonly #base: string

  constructor(options: HttpOptions) {
    this.#options = options
    this.#env = browserEnv(options.env)
    this.#base = options.baseURL.replace(/\/+$/, '')
  }

  /** The answer's JSON; undefined for an empty answer. */
  async call<T>(path: string, call: Call = {}): Promise<T> {
    const { status, text } = await this.#send(path, call, async (r) => ({
      status: r.status,
      text: await r.text(),
    }))
    if (text === '') return undefined as T
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new TagalongError({ status, code: 'bad_answer', message: 'The answer is not JSON.', cause })
    }
  }

  /** The successful answer itself, its body not read yet. */
  raw(path: string, call: Call = {}): Promise<Response> {
    return this.#send(path, call, async (r) => r)
  }

  async #send<T extends object>(path: string, call: Call, read: (r: Response) => Promise<T>): Promise<T> {
    const key = call.idempotencyKey === true ? newClientId() : call.idempotencyKey
    const method = call.method ?? 'GET'
    const repeatable = method !== 'POST' || key !== undefined || call.repeatable === true
    const deadline = this.#env.now() + (this.#options.timeoutMs ?? 30_000)
    const retries = this.#options.retries ?? 4
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#try(path, method, call, key, deadline, read)
      if (!(answer instanceof TagalongError)) return answer
      const error = answer
      if (call.signal?.aborted || attempt >= retries || !mayRetry(error, repeatable)) throw error
      const delay = error.retryAfterMs ?? this.#env.random() * Math.min(8_000, 250 * 2 ** attempt)
      // Waiting past the deadline would only trade this answer for a worse one.
      if (this.#env.now() + delay >= deadline) throw error
      await this.#sleep(delay, call.signal)
    }
  }

  async #try<T extends object>(
    path: string,
    method: string,
    call: Call,
    key: string | undefined,
    deadline: number,
    read: (r: Response) => Promise<T>,
  ): Promise<T | TagalongError> {
    const abort = new AbortController()
    const left = deadline - this.#env.now()
    const patience = this.#options.tryTimeoutMs ?? (isBytes(call.body) ? left : 10_000)
    const stop = () => abort.abort(call.signal?.reason)
    if (call.signal?.aborted) stop()
    call.signal?.addEventListener('abort', stop)
    const timer = this.#env.setTimeout(() => abort.abort(), Math.max(0, Math.min(left, patience)))
    try {
      const response = await this.#env.fetch(this.#url(path, call.query), {
        method,
        headers: this.#headers(call, key),
        signal: abort.signal,
        ...(call.body === undefined
          ? {}
          : { body: isBytes(call.body) ? call.body : JSON.stringify(call.body) }),
      })
      return response.ok ? await read(response) : await readError(response, this.#env.now())
    } catch (cause) {
      const over = patience < left ? 'timeout' : 'deadline'
      const code = call.signal?.aborted ? 'aborted' : abort.signal.aborted ? over : 'no_answer'
      return new TagalongError({ status: 0, code, message: `No answer from the server (${code}).`, cause })
    } finally {
      this.#env.clearTimeout(timer)
      call.signal?.removeEventListener('abort', stop)
    }
  }

  #headers(call: Call, key: string | undefined): Record<string, string> {
    const token = this.#options.token?.() ?? null
    const own = `tagalong-ts/${version}`
    const agent = this.#options.userAgent ? `${this.#options.userAgent} ${own}` : own
    return {
      Accept: 'application/json',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      ...(call.body === undefined
        ? {}
        : { 'Content-Type': isBytes(call.body) ? 'application/octet-stream' : 'application/json' }),
      // Browsers have their own and would have to ask first (CORS) before sending another.
      ...(typeof document === 'undefined' ? { 'User-Agent': agent } : {}),
    }
  }

  #url(path: string, query: Call['query'] = {}): string {
    const params = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) params.append(name, String(value))
    }
    const text = params.toString()
    return this.#base + path + (text === '' ? '' : `?${text}`)
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#env.clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = this.#env.setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    })
  }
}

/** Fills a path: `at('/v1/shops/{}/orders/{}', shop, id)`, each part escaped. */
export function at(template: string, ...parts: string[]): string {
  let i = 0
  return template.replace(/\{\}/g, () => encodeURIComponent(parts[i++] ?? ''))
}

/** Reads a list page by page until its end. */
export async function* pages<T>(
  read: (cursor: string | undefined) => Promise<{ items: T[]; next?: string }>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    yield* page.items
    cursor = page.next
  } while (cursor !== undefined && cursor !== '')
}

function mayRetry(error: TagalongError, repeatable: boolean): boolean {
  if (error.code === 'aborted' || error.code === 'deadline') return false
  // Refused before anything was done: safe for every call.
  if (error.status === 429) return true
  if (!repeatable) return false
  // The other conflicts are about content and do not go away.
  if (error.status === 409) return error.code === 'idempotency_in_progress'
  return error.status === 0 || error.status === 408 || error.status >= 500
}

async function readError(response: Response, now: number): Promise<TagalongError> {
  const text = await response.text().catch(() => '')
  const problem = parseProblem(text)
  return new TagalongError({
    status: response.status,
    code: problem.code ?? `http_${response.status}`,
    message: problem.message ?? `The server answered ${response.status}.`,
    requestId: problem.request_id ?? response.headers.get('X-Request-Id') ?? undefined,
    fields: problem.fields,
    retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), now),
  })
}

interface Problem {
  code?: string
  message?: string
  request_id?: string
  fields?: FieldError[]
}

/** A proxy in between may answer anything; only what has the right type is believed. */
function parseProblem(text: string): Problem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {}
  }
  if (typeof value !== 'object' || value === null) return {}
  const { code, message, request_id, fields } = value as Record<string, unknown>
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof request_id === 'string' ? { request_id } : {}),
    ...(Array.isArray(fields) ? { fields: fields.filter(isFieldError) } : {}),
  }
}

function isFieldError(value: unknown): value is FieldError {
  if (typeof value !== 'object' || value === null) return false
  const { path, message } = value as Record<string, unknown>
  return typeof path === 'string' && typeof message === 'string'
}

function isBytes(body: unknown): body is Blob | ArrayBuffer | Uint8Array<ArrayBuffer> {
  return (
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    (typeof Blob !== 'undefined' && body instanceof Blob)
  )
}
