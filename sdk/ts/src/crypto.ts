/** WebCrypto where it is, and the encodings that go with it. */

/** The platform's own; Node 18 has it in a module and not among its globals. */
export async function webCrypto(): Promise<Crypto> {
  const { crypto } = globalThis as { crypto?: Crypto }
  if (crypto?.subtle) return crypto
  // Named by a variable, so that bundlers for browsers do not look for it.
  const node = 'node:crypto'
  return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ node)) as { webcrypto: Crypto })
    .webcrypto
}

/** RFC 7515 §2: without padding. */
export function base64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** What `console.log` of Node shows of an object: `text`, whatever it holds. */
export function shownAs<T extends object>(object: T, text: string): T {
  return Object.defineProperty(object, Symbol.for('nodejs.util.inspect.custom'), { value: () => text })
}
