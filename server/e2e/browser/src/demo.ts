// The built binary, run as people run it: `tagalong demo`. It can be killed in the middle of anything and
// comes back on the same port with the same data.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = process.env.TAGALONG ?? resolve(import.meta.dirname, '../../../../bin/tagalong');
const startsWithin = 30_000;

export interface DemoOptions {
  /** Plays the first conversations; without them the inbox is empty. */
  seed?: boolean;
}

export class Demo {
  private child: ChildProcess | undefined;
  private log = '';

  private constructor(
    private readonly data: string,
    private readonly seed: boolean,
    private port: number,
  ) {}

  static async start({ seed = false }: DemoOptions = {}): Promise<Demo> {
    if (!existsSync(binary)) throw new Error(`no ${binary}: run "make build", or set TAGALONG`);
    const demo = new Demo(await mkdtemp(join(tmpdir(), 'tagalong-e2e-')), seed, 0);
    await demo.up();
    return demo;
  }

  get startURL(): string {
    return `http://localhost:${this.port}`;
  }
  get shopURL(): string {
    return `http://shop.localhost:${this.port}`;
  }
  get inboxURL(): string {
    return `http://inbox.localhost:${this.port}`;
  }
  get phoneURL(): string {
    return `http://phone.localhost:${this.port}`;
  }
  get chatURL(): string {
    return `http://chat.localhost:${this.port}`;
  }

  /** up starts the server, again on the same port after it was killed. */
  async up(): Promise<void> {
    const child = spawn(
      binary,
      ['demo', '--addr', `127.0.0.1:${this.port}`, '--data', this.data, `--seed=${this.seed}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-20_000);
    });
    this.port = await new Promise((done, failed) => {
      let said = '';
      const timer = setTimeout(
        () => failed(new Error(`no start page within ${startsWithin} ms\n${this.log}`)),
        startsWithin,
      );
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const port = /http:\/\/localhost:(\d+)\//.exec(said)?.[1];
        if (port === undefined) return;
        clearTimeout(timer);
        done(Number(port));
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        failed(new Error(`the server ended with ${code}\n${said}${this.log}`));
      });
    });
  }

  /** kill ends the server the hard way: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** stop ends the server and removes its data. It gives back what the server has logged. */
  async stop(): Promise<string> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
    return this.log;
  }
}
