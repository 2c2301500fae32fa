// The site, the server and the merchant, as server/e2e/woocommerce tells of them.
import { type Browser, type BrowserContext, expect, type Locator, type Page } from '@playwright/test';

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`no ${name}: this is run by "go test" in server/e2e/woocommerce`);
  return value;
}

export const site = {
  url: given('WOO_SITE'),
  adminPassword: given('WOO_ADMIN_PASSWORD'),
  customerPassword: given('WOO_CUSTOMER_PASSWORD'),
  chatURL: given('WOO_CHAT'),
  inboxURL: given('WOO_INBOX'),
  owner: given('WOO_OWNER'),
  ownerPassword: given('WOO_OWNER_PASSWORD'),
};

/** php runs a piece of PHP in the site, and gives what it returns. */
export async function php(code: string): Promise<unknown> {
  const answer = await fetch(`${given('WOO_CONTROL')}/php`, { method: 'POST', body: code });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** flush lets a minute pass for the plugin's queue, and does what is due then. */
export async function flush(): Promise<void> {
  const answer = await fetch(`${given('WOO_CONTROL')}/flush`, { method: 'POST' });
  if (!answer.ok) throw new Error(await answer.text());
}

/** signIn signs the owner in, on whatever page of the inbox asks for it. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(site.owner);
  await page.getByLabel('Password', { exact: true }).fill(site.ownerPassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Inbox is the merchant's other window. */
export class Inbox {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser): Promise<Inbox> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${site.inboxURL}/inbox/`);
    await signIn(page);
    await expect(page.getByRole('region', { name: /^Conversations/ })).toBeVisible();
    return new Inbox(context, page);
  }

  row(text: string): Locator {
    return this.page
      .getByRole('region', { name: /^Conversations/ })
      .getByRole('link')
      .filter({ hasText: text });
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get orders(): Locator {
    return this.page.getByLabel('Shopper and orders', { exact: true });
  }

  get cart(): Locator {
    return this.orders.getByRole('region', { name: 'Cart now' });
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Reply to/ }).fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }
}

/** fillsIn writes a guest's address into a checkout's form. */
export async function fillsIn(page: Page): Promise<void> {
  for (const [label, value] of Object.entries({
    'First name': 'Ada',
    'Last name': 'Byron',
    'Street and number': "12 St James's Square",
    Postcode: '10115',
    City: 'Berlin',
    Country: 'DE',
    'E-mail': 'ada@example.test',
    Phone: '+49 30 901820',
  })) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
}

/** thanked reads the number of the order that was just placed. */
export async function thanked(page: Page): Promise<string> {
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
  return (await page.locator('.order-number').textContent()) ?? '';
}
