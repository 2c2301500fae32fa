/** The few icons, drawn as strokes on a 24 grid; decoration only, names are on the buttons. */
export const icon =
  (d: string, name = 'icon') =>
  () => (
    <svg class={name} viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  )

export const CloseIcon = icon('M6 6l12 12M18 6L6 18')
export const DownIcon = icon('M12 5v14M6 13l6 6 6-6')
export const MoreIcon = icon('M5 12h.01M12 12h.01M19 12h.01', 'icon bold')
export const SendIcon = icon('M12 19V5M5.5 11.5L12 5l6.5 6.5')
export const ClipIcon = icon(
  'M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-8 8a1.5 1.5 0 0 1-2.2-2.1l7.3-7.3',
)
export const FileIcon = icon('M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5')
export const ReplyIcon = icon('M9 14L4 9l5-5M4 9h9a7 7 0 0 1 7 7v3', 'icon flips')
export const CopyIcon = icon(
  'M9 9h10v10a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V11a2 2 0 0 1 2-2zM15 5V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2',
)
export const TickIcon = icon('M5 12.5l4.5 4.5L19 7.5')
export const TicksIcon = icon('M2 12.5l4.5 4.5L15 8M11 16l1 1 10-10')
export const ClockIcon = icon('M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z')
export const AlertIcon = icon('M12 8v5M12 16.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z')
