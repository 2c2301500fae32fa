/** Client-made ids: 128 random bits in lower-case base32, 26 characters, like the server's own. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

export function newClientId(random: (bytes: Uint8Array) => Uint8Array = fill): string {
  const bytes = random(new Uint8Array(16))
  let id = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      id += alphabet[(held >> (bits - 5)) & 31]
      bits -= 5
    }
    held &= (1 << bits) - 1
  }
  return id + alphabet[(held << (5 - bits)) & 31]
}

function fill(bytes: Uint8Array): Uint8Array {
  const { crypto } = globalThis as { crypto?: Crypto }
  // Node 18 has none among its globals. These ids must be unlike each other, not secret.
  return crypto?.getRandomValues(bytes as Uint8Array<ArrayBuffer>) ?? bytes.map(() => Math.random() * 256)
}
