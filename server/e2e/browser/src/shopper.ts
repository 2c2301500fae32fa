// The shopper's side: a page of the shop, and the chat in its corner. Everything is found by role and
// name, as a person with a screen reader finds it.
import {
  type Browser,
  type BrowserContext,
  expect,
  type FrameLocator,
  type Locator,
  type Page,
} from '@playwright/test';
import { burstIn } from './burst.ts';
import type { Demo } from './demo.ts';
import type { App, Phone } from './phone.ts';

export class Shopper {
  private constructor(
    private readonly demo: Demo,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async arrive(
    browser: Browser,
    demo: Demo,
    path = '/',
    options: Parameters<Browser['newContext']>[0] = {},
  ) {
    const context = await browser.newContext(options);
    return Shopper.tab(context, demo, path);
  }

  /** tab is another page of the same person. */
  static async tab(context: BrowserContext, demo: Demo, path = '/'): Promise<Shopper> {
    const page = await context.newPage();
    await page.goto(demo.shopURL + path);
    return new Shopper(demo, context, page);
  }

  get launcher(): Locator {
    return this.page.locator('tag-along').getByRole('button', { name: /open chat|close chat/i });
  }

  get panel(): FrameLocator {
    return this.page
      .locator('tag-along')
      .getByTitle(/chat with/i)
      .contentFrame();
  }

  get log(): Locator {
    return this.panel.getByRole('log');
  }

  get composer(): Locator {
    return this.panel.getByRole('textbox', { name: 'Your message' });
  }

  /** dialog is the sheet that shows how to go on elsewhere. */
  get dialog(): Locator {
    return this.panel.getByRole('dialog');
  }

  /** goesOnIn asks for the way to an app and gives the link. */
  async goesOnIn(app: App): Promise<string> {
    await this.panel.locator(`[data-handoff="${app.toLowerCase()}"]`).click();
    const link = this.dialog.locator('[data-handoff-link]');
    await expect(link).toBeVisible();
    return (await link.getAttribute('href')) ?? '';
  }

  /** leavesANumber says where an answer may go, and agrees to it. */
  async leavesANumber(country: string, number: string): Promise<void> {
    await this.panel.locator('[data-handoff="whatsapp"]').click();
    await this.dialog.getByRole('button', { name: 'Leave your number instead' }).click();
    await this.dialog.getByRole('combobox', { name: 'Country' }).selectOption(country);
    await this.dialog.getByRole('textbox', { name: 'Phone number' }).fill(number);
    await this.dialog.getByRole('checkbox', { name: /may answer me by WhatsApp/ }).check();
    await this.dialog.getByRole('button', { name: 'Save' }).click();
    await expect(this.dialog.getByText('Saved', { exact: true })).toBeVisible();
  }

  /** followsTheLink opens the link on this computer, in a tab of its own. */
  async followsTheLink(): Promise<Page> {
    const opened = this.context.waitForEvent('page');
    await this.dialog.locator('[data-handoff-link]').click();
    return opened;
  }

  /** comesBack opens the way back that a phone shows, in the browser where the conversation began. */
  async comesBack(phone: Phone): Promise<Shopper> {
    const link = phone.log.locator('a[href*="tagalong="]');
    if (phone.page.context() !== this.context) {
      const url = new URL((await link.getAttribute('href')) ?? '');
      return Shopper.tab(this.context, this.demo, url.pathname + url.search);
    }
    const opened = this.context.waitForEvent('page');
    await link.click();
    return new Shopper(this.demo, this.context, await opened);
  }

  async panelIsOpen(): Promise<void> {
    await expect(this.composer).toBeVisible();
  }

  async open(): Promise<void> {
    await this.page
      .locator('tag-along')
      .getByRole('button', { name: /open chat/i })
      .click();
    await expect(this.composer).toBeVisible();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** sees expects a message to be on the screen, once. */
  async sees(text: string | RegExp): Promise<void> {
    await expect(this.log.getByText(text)).toHaveCount(1);
  }

  async burst(): Promise<string[]> {
    return burstIn(this.log);
  }

  /** buys a piece, as the customer who is signed in or as a guest, and answers with the number of the order. */
  async buys(handle: string): Promise<string> {
    await this.page.goto(`${this.demo.shopURL}/products/${handle}`);
    await this.page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(this.page.getByRole('link', { name: /^Cart, [1-9]/ })).toBeVisible();
    await this.page.goto(`${this.demo.shopURL}/checkout`);
    if ((await this.page.getByLabel('Full name').inputValue()) === '') await this.fillsIn();
    await this.page.getByRole('button', { name: /^Place order/ }).click();
    await expect(this.page.getByRole('heading', { name: /^Thank you/ })).toBeVisible();
    const number = /\/thanks\/(M-\d+)/.exec(this.page.url())?.[1];
    if (!number) throw new Error(`no order number in ${this.page.url()}`);
    return number;
  }

  private async fillsIn(): Promise<void> {
    await this.page.getByLabel('Full name').fill('Ada Byron');
    await this.page.getByLabel('E-mail').fill('ada@example.com');
    await this.page.getByLabel('Street and number').fill("12 St James's Square");
    await this.page.getByLabel('Postcode').fill('SW1Y 4JH');
    await this.page.getByLabel('City').fill('London');
    await this.page.getByLabel('Country').selectOption('GB');
  }
}
