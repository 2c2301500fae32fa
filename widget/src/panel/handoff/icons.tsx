/** The channels' marks in the strokes of our own icons. */
const DRAWN: Record<string, string> = {
  whatsapp:
    'M4 20l1.3-4A8 8 0 1 1 8 18.8zM9 8.5c0 3.5 3 6.5 6.5 6.5v-2l-2-.8-1 .9a5 5 0 0 1-2.1-2.1l.9-1-.8-2z',
  messenger:
    'M12 3.5c-5 0-8.5 3.4-8.5 8 0 2.5 1 4.4 2.7 5.8V20.5l2.9-1.6c.9.3 1.9.4 2.9.4 5 0 8.5-3.4 8.5-8s-3.5-7.8-8.5-7.8zM7.5 13l3-3 3 2.2 3-2.2',
  instagram:
    'M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4zM12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM16.7 7.3h.01',
  email: 'M4 6h16v12H4zM4 7l8 6 8-6',
}
/** Whatever else there may be: a bubble. */
const OTHER = 'M5 5h14v10H10l-5 4z'

export function ChannelIcon({ channel }: { channel: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={DRAWN[channel] ?? OTHER} />
    </svg>
  )
}
