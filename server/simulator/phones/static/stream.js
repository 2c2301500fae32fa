// What the server tells: changes, and whether it is there at all. What the
// visitor looks at is told to it.

import { api } from './api.js';

const AGAIN = 2000;

// A browser allows six connections to a host: a tab that nobody looks at gives
// its own back after a while.
const PATIENCE = 30_000;

export class Stream {
  /** @type {EventSource | undefined} */
  #source;
  /** This page's name among the readers. */
  #reader = '';
  #told = '';
  #patience = 0;

  /**
   * @param {{ up: () => void, down: () => void, change: (change: { person: string, thread?: string }) => void }} hear
   * up means that anything may have changed
   */
  constructor(hear) {
    this.hear = hear;
    document.addEventListener('visibilitychange', () => this.#turn());
  }

  listen() {
    if (this.#source) return;
    const source = new EventSource('/api/events');
    this.#source = source;
    source.addEventListener('reader', (event) => {
      this.#reader = JSON.parse(event.data).reader;
      this.#told = '';
      this.hear.up();
    });
    source.addEventListener('change', (event) => this.hear.change(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      this.#reader = '';
      this.hear.down();
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again itself
      this.#source = undefined;
      setTimeout(() => this.listen(), AGAIN);
    });
  }

  /** Says which threads are in sight, all of them. @param {string} person @param {string[]} threads */
  tellReading(person, threads) {
    const now = JSON.stringify([person, threads]);
    if (!this.#reader || now === this.#told) return;
    this.#told = now;
    api.setReading(this.#reader, person, threads).catch(() => {
      this.#told = ''; // the next change of sight tries again
    });
  }

  #turn() {
    clearTimeout(this.#patience);
    if (!document.hidden) {
      this.listen();
      return;
    }
    this.#patience = setTimeout(() => {
      this.#source?.close();
      this.#source = undefined;
      this.#reader = '';
    }, PATIENCE);
  }
}
