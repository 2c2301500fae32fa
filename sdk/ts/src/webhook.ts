/**
 * Verifies webhooks that Tagalong sends (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`).
 *
 * Give it the raw body, before any parsing: one changed byte is another signature. Needs WebCrypto (Node, workers,
 * browsers). See https://www.standardwebhooks.com.
 */
import type { components } from './api.gen.js'
import { webCrypto } from './crypto.js'

export type WebhookEvent = components['schemas']['WebhookEvent']

export type WebhookProblem =
  | 'no_secret'
  | 'missing_header'
  | 'bad_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_match'
  | 'bad_body'

export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookProblem
  constructor(code: WebhookProblem) {
    super(`The webhook is not to be trusted: ${code}.`)
    this.code = code
  }
}

export interface WebhookOptions {
  /** All active secrets, `whsec_…` or plain base64; two during a rotation. */
  secrets: readonly string[]
  /** How far its time may be off; 5 minutes by default. */
  toleranceMs?: number
  now?: () => number
}

interface HeaderReader {
  get(name: string): string | null
}

type HeaderSource = HeaderReader | Record<string, string | string[] | undefined>

const utf8 = new TextEncoder()

/** The event, or a `WebhookError`. Deliveries repeat: drop an `id` that you have dealt with. */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: HeaderSource,
  options: WebhookOptions,
): Promise<WebhookEvent> {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  if (id === '' || timestamp === '' || signatures === '') throw new WebhookError('missing_header')
  checkTime(timestamp, options)
  const bytes = typeof body === 'string' ? utf8.encode(body) : body
  const signed = concat(utf8.encode(`${id}.${timestamp}.`), bytes)
  if (!(await matches(signed, signatures, options.secrets))) throw new WebhookError('no_match')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as WebhookEvent
  } catch {
    throw new WebhookError('bad_body')
  }
}

function checkTime(timestamp: string, options: WebhookOptions): void {
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookError('bad_timestamp')
  const off = (options.now?.() ?? Date.now()) - Number(timestamp) * 1000
  const tolerance = options.toleranceMs ?? 5 * 60_000
  if (off > tolerance) throw new WebhookError('too_old')
  if (off < -tolerance) throw new WebhookError('too_new')
}

async function matches(signed: Uint8Array, signatures: string, secrets: readonly string[]): Promise<boolean> {
  const keys = secrets.map(decodeSecret).filter((key) => key.length > 0)
  if (keys.length === 0) throw new WebhookError('no_secret')
  const given = signatures.split(' ').flatMap((s) => (s.startsWith('v1,') ? [decodeBase64(s.slice(3))] : []))
  const { subtle } = await webCrypto()
  let ok = false
  for (const raw of keys) {
    const key = await subtle.importKey('raw', owned(raw), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
    for (const signature of given) {
      // WebCrypto compares in constant time.
      if (signature && (await subtle.verify('HMAC', key, owned(signature), owned(signed)))) ok = true
    }
  }
  return ok
}

function decodeSecret(secret: string): Uint8Array {
  const bytes = decodeBase64(secret.startsWith('whsec_') ? secret.slice(6) : secret)
  return bytes ?? new Uint8Array()
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return null
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** WebCrypto's types want a buffer that is surely not shared. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

function header(headers: HeaderSource, name: string): string {
  if (typeof headers.get === 'function') return (headers as HeaderReader).get(name) ?? ''
  for (const [key, value] of Object.entries(headers as Record<string, string | string[] | undefined>)) {
    if (key.toLowerCase() === name) return (Array.isArray(value) ? value[0] : value) ?? ''
  }
  return ''
}
