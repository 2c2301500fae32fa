// The agent's side: the inbox, signed in through the demo's start page.
import { type Browser, type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { burstIn } from './burst.ts';
import type { Demo } from './demo.ts';

export class Agent {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async signIn(
    browser: Browser,
    demo: Demo,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Agent> {
    const context = await browser.newContext(options);
    const start = await context.newPage();
    await start.goto(demo.startURL);
    const opened = context.waitForEvent('page');
    await start.getByRole('button', { name: 'Open the inbox' }).click();
    const page = await opened;
    await page.waitForURL(`${demo.inboxURL}/inbox/**`);
    await start.close();
    await expect(page.getByRole('region', { name: /^Conversations/ })).toBeVisible();
    return new Agent(context, page);
  }

  /** rows are the conversations in the list. */
  get rows(): Locator {
    return this.page.getByRole('region', { name: /^Conversations/ }).getByRole('link');
  }

  /** row is a conversation in the list, by something that it says. */
  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Reply to/ });
  }

  /** status are the lines that tell what goes on, among them who is typing. */
  get status(): Locator {
    return this.page.getByRole('status');
  }

  get orders(): Locator {
    return this.page.getByLabel('Shopper and orders', { exact: true });
  }

  async open(text: string | RegExp): Promise<void> {
    await this.row(text).click();
    await expect(this.log).toBeVisible();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  /** sayWithAWayBack sends a text with a button that leads back to the site. */
  async sayWithAWayBack(text: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a way back to the site' }).click();
    await this.say(text);
  }

  /** channelsAreConnected waits until the demo, which connects its channels after its start, offers all of them. */
  async channelsAreConnected(): Promise<void> {
    await expect(async () => {
      const accounts = await this.page.evaluate(
        async () => (await (await fetch('/v1/accounts')).json()).items.length,
      );
      expect(accounts).toBe(3);
    }).toPass();
  }

  async sees(text: string | RegExp): Promise<void> {
    await expect(this.log.getByText(text)).toHaveCount(1);
  }

  async burst(): Promise<string[]> {
    return burstIn(this.log);
  }
}
