/**
 * The threads of a session, each under its key: the conversation's id or, until the first message is answered, the client_id that
 * starts it. Once the one has become the other both keys work.
 */
import type { DurableFrame, Self } from './frames.js'
import { newThread, reduce, type Thread, type ThreadAction } from './thread.js'

export class Threads {
  readonly #threads = new Map<string, Thread>()
  readonly #names = new Map<string, string>()
  readonly #changed: (key: string, thread: Thread) => void

  constructor(changed: (key: string, thread: Thread) => void) {
    this.#changed = changed
  }

  get keys(): string[] {
    return [...this.#threads.keys()]
  }

  /** The key of the thread that this device is starting. */
  get starting(): string | undefined {
    return this.keys.find((key) => this.get(key)?.conversation === null)
  }

  /** Whether somebody is shown as typing in any of them. */
  get typing(): boolean {
    return [...this.#threads.values()].some((t) => t.typing.length > 0)
  }

  key(key: string): string {
    return this.#names.get(key) ?? key
  }

  get(key: string): Thread | undefined {
    return this.#threads.get(this.key(key))
  }

  put(key: string, thread: Thread): void {
    this.#threads.set(key, thread)
    this.#changed(key, thread)
  }

  delete(key: string): void {
    this.#threads.delete(key)
  }

  update(key: string, action: ThreadAction): Thread | undefined {
    const thread = this.get(key)
    if (!thread) return undefined
    const next = reduce(thread, action)
    if (next !== thread) this.put(this.key(key), next)
    return next
  }

  /** Shows what is on its way, in a thread that is made where there is none. */
  show(key: string, frame: DurableFrame, at: number, self: Self): void {
    if (!this.get(key)) {
      const start = frame.type === 'send' ? frame.start : undefined
      const of = start === undefined ? { conversation: key } : { start }
      this.put(key, newThread({ self, ...of }))
    }
    this.update(key, { type: 'queued', frame, at })
  }

  /** The conversation that this device started got its id: its thread moves there. False when there is no such thread. */
  rename(start: string, conversation: string, generation: number): boolean {
    const thread = this.#threads.get(start)
    if (!thread) return false
    this.#names.set(start, conversation)
    this.#threads.delete(start)
    const there = this.#threads.get(conversation)
    const merged = there
      ? { ...there, pending: [...there.pending, ...thread.pending] }
      : { ...thread, start: null, conversation, generation }
    this.put(conversation, merged)
    return true
  }
}
