/** The panel of `/settings` in a real browser: read, opened, chosen in and written in. `SCREENSHOTS=FOLDER` keeps pictures of it. */
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchBrowser, openWindow, type Watch } from './browser.ts';
import { openPlayground, type RunningPlayground } from './running-playground.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('the panel in a browser', () => {
  let playground: RunningPlayground;
  let browser: Browser;
  type Window = Page & { readonly watch: Watch };

  beforeAll(async () => {
    [playground, browser] = await Promise.all([openPlayground(), launchBrowser(chromium ?? '')]);
  });

  afterAll(async () => {
    await browser.close();
    await playground.stop();
  });

  async function openPanel(page: Window): Promise<Locator> {
    await page.locator('.example', { hasText: '/ask' }).waitFor();
    await page.locator('.composer-box > textarea').pressSequentially('/settings');
    await page.getByRole('option', { name: '/settings' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.command-name', { hasText: '/settings' }).waitFor();
    await page.keyboard.press('Enter');
    const panel = page.locator('.panel').last();
    await panel.waitFor();
    return panel;
  }

  /** Opens a section, and waits until its page has replaced the overview, which has menus of its own. */
  async function openSection(panel: Locator, section: Locator, back: string): Promise<void> {
    await section.getByRole('button').click();
    await panel.getByRole('button', { name: back }).waitFor();
  }

  async function keepPicture(page: Page, name: string): Promise<void> {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
  }

  test('a setting is chosen from a menu that explains each choice, and several roles at once', async () => {
    const height = 1300;
    const alex = await openWindow(browser, {
      url: playground.url,
      name: 'Alex',
      locale: 'en-US',
      colorScheme: 'light',
      height,
    });
    const panel = await openPanel(alex);
    await panel.getByText('Settings of this server').waitFor();
    await keepPicture(alex, 'overview-en-light');
    await openSection(panel, panel.locator('.panel-section', { hasText: 'Notices of tool calls' }), 'Back');
    await panel.locator('summary').click();
    await keepPicture(alex, 'notices-en-light');
    await panel.getByRole('button', { name: /Folded/ }).click();
    await panel.getByText('Folded (this server)').waitFor();
    await panel.getByRole('button', { name: 'Back' }).click();
    await openSection(panel, panel.locator('.panel-section', { hasText: 'Who may ask' }), 'Back');
    await panel.locator('summary').first().click();
    await panel.getByLabel('@Pupils').first().check();
    await keepPicture(alex, 'access-en-light');
    await alex.keyboard.press('Escape');
    await panel.locator('summary', { hasText: '@Pupils' }).waitFor();
    await panel.getByText('1 allowed, 0 denied').waitFor();
    await panel.getByRole('button', { name: 'Clear' }).click();
    await panel.getByText('everybody').waitFor();
    expect(alex.watch.complaints).toEqual([]);
  });

  test('instructions are written in a dialog, and tools are switched off in a long menu', async () => {
    const jimin = await openWindow(browser, { url: playground.url, name: '지민', locale: 'ko-KR', height: 1300 });
    const panel = await openPanel(jimin);
    await panel.locator('summary').click();
    await keepPicture(jimin, 'scopes-ko-dark');
    await panel.getByRole('button', { name: /나만/ }).click();
    await panel.getByText('나만의 설정').waitFor();
    await keepPicture(jimin, 'overview-ko-dark');
    await openSection(panel, panel.locator('.panel-section', { hasText: '추가 지시' }), '뒤로');
    await panel.getByRole('button', { name: '편집' }).click();
    const dialog = jimin.getByRole('dialog');
    await dialog.locator('textarea').fill('두 문장으로 답해 줘.');
    await keepPicture(jimin, 'dialog-ko-dark');
    await dialog.locator('button.primary').click();
    await panel.getByText('두 문장으로 답해 줘.').waitFor();
    await keepPicture(jimin, 'instructions-ko-dark');
    await panel.getByRole('button', { name: '뒤로' }).click();
    await openSection(panel, panel.locator('.panel-section', { hasText: '도구' }).first(), '뒤로');
    await panel.locator('summary').last().click();
    await panel.getByLabel('sqrt').check();
    await keepPicture(jimin, 'tools-ko-dark');
    await jimin.keyboard.press('Escape');
    await panel.getByText('도구 1개 끔').waitFor();
    expect(jimin.watch.complaints).toEqual([]);
  });
});
