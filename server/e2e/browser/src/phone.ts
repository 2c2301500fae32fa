// The phones of the demo: what a shopper sees and does in WhatsApp or Messenger, on the page that draws them.
import { type Browser, type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import type { Demo } from './demo.ts';

export type App = 'WhatsApp' | 'Messenger' | 'Instagram';

/** Whose phones there are. */
export const people = { lucia: 'Lucía Gómez', tom: 'Tom Weber' } as const;
export type Person = keyof typeof people;

export class Phone {
  private constructor(
    readonly page: Page,
    readonly app: App,
    readonly person: Person,
  ) {}

  /** pickUp takes a phone that lies apart from the shop's browser. */
  static async pickUp(browser: Browser, demo: Demo, app: App, person: Person = 'lucia'): Promise<Phone> {
    const context = await browser.newContext();
    return Phone.open(context, `${demo.phoneURL}/?as=${person}&app=${app.toLowerCase()}`, app, person);
  }

  /** scan follows a link as somebody does who reads its code with their phone. */
  static async scan(
    browser: Browser,
    link: string,
    app: App,
    person: Person = 'lucia',
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Phone> {
    const url = new URL(link);
    url.searchParams.set('as', person);
    const phone = await Phone.open(await browser.newContext(options), url.href, app, person);
    await phone.dismiss();
    return phone;
  }

  /** opened is the phone that a link has opened in a tab of its own. */
  static async opened(page: Page, app: App): Promise<Phone> {
    const phone = new Phone(page, app, 'lucia');
    await phone.dismiss();
    return phone;
  }

  private static async open(context: BrowserContext, url: string, app: App, person: Person): Promise<Phone> {
    const page = await context.newPage();
    await page.goto(url);
    const phone = new Phone(page, app, person);
    await expect(phone.screen).toBeVisible();
    return phone;
  }

  get screen(): Locator {
    return this.page.getByRole('region', { name: `${this.app} of ${people[this.person]}` });
  }

  get log(): Locator {
    return this.screen.getByRole('log');
  }

  get composer(): Locator {
    return this.screen.getByRole('textbox', { name: 'Message' });
  }

  /** dismiss takes the slip away that tells what a link has done. */
  private async dismiss(): Promise<void> {
    await this.screen.getByRole('button', { name: 'Dismiss' }).click();
  }

  /** begin presses what a new chat of Messenger's asks to be pressed. */
  async begin(): Promise<void> {
    await this.screen.getByRole('button', { name: 'Get Started' }).click();
    await expect(this.composer).toBeVisible();
  }

  /** send sends what stands in the composer: what a link has written there. */
  async send(): Promise<void> {
    await this.screen.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(this.composer).toHaveValue('');
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.send();
  }

  /** sees expects a message to be in the open chat, once. */
  async sees(text: string | RegExp): Promise<void> {
    await expect(this.log.getByText(text)).toHaveCount(1);
  }

  /** leave goes from the chat to the list of chats: what comes now is not read. */
  async leave(): Promise<void> {
    await this.screen.getByRole('button', { name: 'Back to the chats' }).click();
    await expect(this.log).toHaveCount(0);
  }

  /** enter opens the chat with the shop. */
  async enter(): Promise<void> {
    await this.screen.locator('[data-thread]').click();
    await expect(this.log).toBeVisible();
  }

  /** link is a button below a message that opens a page. */
  link(name: string | RegExp): Locator {
    return this.log.getByRole('link', { name });
  }
}
