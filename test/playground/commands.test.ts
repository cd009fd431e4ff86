/** The looking-up commands in a real browser: offered with their options, suggested while one types, answered for one member alone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, contents, findChromium, launchBrowser, openWindow, type Watch } from './browser.ts';
import { openPlayground, type RunningPlayground } from './running-playground.ts';

const chromium = findChromium();
if (!chromium) console.log('Skipped: commands in a browser. No Chromium was found; set CHROMIUM_PATH to one.');

describe.skipIf(!chromium)('commands in a browser', () => {
  let playground: RunningPlayground;
  let browser: Browser;
  let jimin: Page & { readonly watch: Watch };
  let alex: Page & { readonly watch: Watch };

  beforeAll(async () => {
    [playground, browser] = await Promise.all([openPlayground(), launchBrowser(chromium ?? '')]);
    [jimin, alex] = await Promise.all([
      openWindow(browser, { url: playground.url, name: '지민', locale: 'ko-KR' }),
      openWindow(browser, { url: playground.url, name: 'Alex', locale: 'en-US', colorScheme: 'light' }),
    ]);
    await jimin.locator('.example', { hasText: '/ask' }).waitFor();
    await alex.getByRole('button', { name: '주판 교실' }).click();
  });

  afterAll(async () => {
    await browser.close();
    await playground.stop();
  });

  const composerOf = (page: Page) => page.locator('.composer-box > textarea');

  /** Types the command up to its options. */
  async function open(page: Page, command: string): Promise<void> {
    await composerOf(page).pressSequentially(`/${command}`);
    await page
      .getByRole('option', { name: `/${command}` })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.command-name', { hasText: `/${command}` }).waitFor();
  }

  test('all are offered with their options and what they do, in the language of the window', async () => {
    await composerOf(jimin).pressSequentially('/');
    await jimin.getByRole('option', { name: '/tools tool' }).waitFor();
    const offered = await jimin.getByRole('option').allInnerTexts();
    for (const label of ['/ask question', '/help', '/tools tool', '/history private'])
      expect(offered.join('\n')).toContain(label);
    expect(offered.join('\n')).toContain('여기서 할 수 있는 일과 예시 보기');
    await composerOf(jimin).fill('');
    await jimin.keyboard.press('Escape');
  });

  test('/help is seen by its member alone, and an example of it is asked by a press', async () => {
    await open(jimin, 'help');
    await jimin.keyboard.press('Enter');
    const help = jimin.locator('.message.is-ephemeral', { hasText: '여기서 묻는 방법' });
    await help.waitFor();
    expect(await help.locator('.only-you').innerText()).toContain('나에게만 보여요');
    await help.getByRole('button', { name: '15와 27을 더해줘' }).click();
    await answer(jimin, '15와 27을 더하면 42입니다.');
    await answer(alex, '15와 27을 더하면 42입니다.');
    expect((await contents(alex)).join('\n')).not.toContain('여기서 묻는 방법');
    // Nobody else sees the message with the button: nothing refers to it.
    expect(await alex.locator('.context').allInnerTexts()).toEqual([]);
    expect(await alex.locator('.message blockquote').first().innerText()).toContain('15와 27을 더해줘');
  });

  test('/tools suggests tools while one types, takes one by keys, and shows it', async () => {
    await open(alex, 'tools');
    const field = alex.getByRole('textbox', { name: /^tool:/ });
    await field.pressSequentially('sq');
    await expect
      .poll(() => alex.getByRole('option').allInnerTexts(), { timeout: 30_000 })
      .toEqual(['sqrt – calculator']);
    await alex.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('sqrt – calculator');
    await alex.keyboard.press('Enter');
    await answer(alex, /sqrt – calculator/);
    const details = alex.locator('.message.is-ephemeral', { hasText: 'Arguments' }).last();
    expect(await details.innerText()).toMatch(/a – .*required/);
  });

  test('/tools without an option is sent by Enter, though tools are offered', async () => {
    await open(alex, 'tools');
    await alex.getByRole('option', { name: 'add – calculator' }).waitFor();
    await alex.keyboard.press('Enter');
    await answer(alex, /calculator – \d+ tools/);
  });

  test('an option with choices takes nothing else', async () => {
    await open(alex, 'stop');
    const field = alex.getByRole('textbox', { name: /^all:/ });
    await alex.getByRole('option', { name: 'True' }).waitFor();
    await field.pressSequentially('perhaps');
    await alex.keyboard.press('Enter');
    await alex.locator('.option.is-missing').waitFor();
    await field.fill('');
    await alex.keyboard.press('Enter');
    await answer(alex, 'I am not answering anything in this channel.');
  });

  test('/history is turned by its buttons in place, and saved as a file', async () => {
    await alex.getByRole('button', { name: 'random' }).click();
    // The offline model has one line for what is no sum. With the eighth begun, seven are in the history for sure.
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await composerOf(alex).pressSequentially(`@Jupan hello, number ${number}!`);
      await alex.keyboard.press('Enter');
    }
    await alex.locator('.message', { hasText: 'offline stand-in' }).nth(7).waitFor();
    await open(alex, 'history');
    await alex.keyboard.press('Enter');
    const list = alex.locator('.message.is-ephemeral', { hasText: 'questions in this channel' });
    await list.locator('blockquote', { hasText: 'hello, number 7!' }).waitFor();
    await list.getByRole('button', { name: 'Older' }).click();
    await list.locator('blockquote', { hasText: 'hello, number 1!' }).waitFor();
    expect(await list.locator('blockquote').count()).toBeLessThan(3);
    expect(await list.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
    await list.getByRole('button', { name: 'Save as Markdown' }).click();
    const saved = alex.locator('.message.is-ephemeral', {
      hasText: /The conversation, with [78] questions\./,
    });
    const download = alex.waitForEvent('download');
    await saved.getByRole('link', { name: /Download history-\d+\.md/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^history-\d+\.md$/);
    await jimin.getByRole('button', { name: 'random' }).click();
    expect((await contents(jimin)).join('\n')).not.toContain('questions in this channel');
  });

  test('nothing complained', () => {
    for (const { watch } of [jimin, alex]) expect(watch.complaints).toEqual([]);
  });
});
