/** A real browser for the playground's page: where it is found, and windows in it that are somebody. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Undefined where there is none: the browser tests are then skipped. */
export function findChromium(): string | undefined {
  const onPath = (name: string) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const candidates = [
    process.env.CHROMIUM_PATH ?? '',
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap(onPath),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return candidates.find((path) => path !== '' && existsSync(path));
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface WindowOptions {
  readonly url: string;
  readonly name: string;
  readonly locale: 'ko-KR' | 'en-US';
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** What a window asked for and complained of. */
export interface Watch {
  readonly requests: string[];
  readonly complaints: string[];
}

/** A window of somebody, with nothing remembered but the name. */
export async function openWindow(browser: Browser, options: WindowOptions): Promise<Page & { readonly watch: Watch }> {
  const { url, name, locale, colorScheme = 'dark', width = 1280, height = 800 } = options;
  const context = await browser.newContext({ locale, colorScheme, viewport: { width, height } });
  await context.addInitScript((known) => {
    for (const key of ['secret', 'name']) if (!sessionStorage.getItem(key)) sessionStorage.setItem(key, known);
  }, name);
  const page = await context.newPage();
  const watch: Watch = { requests: [], complaints: [] };
  page.on('request', (request) => watch.requests.push(request.url()));
  page.on('websocket', (socket) => watch.requests.push(socket.url()));
  page.on('pageerror', (error) => watch.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') watch.complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator('.welcome').waitFor();
  return Object.assign(page, { watch });
}

/** The text of every message that stands in the open channel, oldest first. */
export function contents(page: Page): Promise<string[]> {
  return page.locator('.message .content').allInnerTexts();
}

/** Waits for a message of the bot with that text in the open channel. */
export async function answer(page: Page, text: string | RegExp): Promise<void> {
  await page
    .locator('.message', { has: page.locator('.content', { hasText: text }) })
    .last()
    .waitFor();
}

/** Types into the composer as a member does, and sends. */
export async function write(page: Page, text: string): Promise<void> {
  const field = page.locator('.composer-box > textarea');
  await field.click();
  await field.pressSequentially(text);
  // The list for a mention may be open; what was typed is whole already.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}
