/** Sending more than words, in a real browser: files, forwards, the menu of a message and the file of a command. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, findChromium, launchBrowser, openWindow, type Watch, write } from './browser.ts';
import { openPlayground, type RunningPlayground } from './running-playground.ts';

const chromium = findChromium();
/** One pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('milk\nbread') };
const cat = { name: 'cat.png', mimeType: 'image/png', buffer: picture };

describe.skipIf(!chromium)('sending more than words', () => {
  let playground: RunningPlayground;
  let browser: Browser;
  let alex: Page & { readonly watch: Watch };

  beforeAll(async () => {
    [playground, browser] = await Promise.all([openPlayground(), launchBrowser(chromium ?? '')]);
    alex = await openWindow(browser, { url: playground.url, name: 'Alex', locale: 'en-US', colorScheme: 'light' });
    await alex.locator('.example', { hasText: '/ask' }).waitFor();
  });

  afterAll(async () => {
    expect(alex.watch.complaints).toEqual([]);
    await browser.close();
    await playground.stop();
  });

  test('files are picked, shown before they are sent, taken out again, and stand in the message', async () => {
    await alex.locator('.composer-box > input[type=file]').setInputFiles([notes, cat]);
    const attached = alex.locator('.attached-file');
    await attached.filter({ hasText: 'cat.png' }).locator('img').waitFor();
    expect(await attached.allInnerTexts()).toEqual([
      expect.stringContaining('notes.txt'),
      expect.stringContaining('cat.png'),
    ]);
    await alex.getByRole('button', { name: 'Remove cat.png' }).click();
    await write(alex, '@Jupan what is in there?');
    const message = alex.locator('.message', { hasText: 'what is in there?' });
    await message.locator('.file', { hasText: 'notes.txt' }).waitFor();
    expect(await attached.count()).toBe(0);
    await answer(alex, /milk|notes\.txt/);
  });

  test('a picture that is pasted goes without a word', async () => {
    await paste(alex, { name: 'pasted.png', type: 'image/png', bytes: [...picture] });
    await alex.locator('.attached-file img').waitFor();
    await alex.locator('.composer-box > textarea').press('Enter');
    await alex.locator('.message .picture img[alt="pasted.png"]').waitFor();
  });

  test('a file that is dropped says where it would go, and goes there', async () => {
    const file: PageFile = { name: 'dropped.txt', type: 'text/plain', bytes: [...notes.buffer] };
    await drag(alex, 'dragenter', file);
    await alex.getByText('Drop to attach in #general').waitFor();
    await drag(alex, 'drop', file);
    await alex.locator('.attached-file', { hasText: 'dropped.txt' }).waitFor();
    expect(await alex.locator('.drop-zone').isHidden()).toBe(true);
    await alex.getByRole('button', { name: 'Remove dropped.txt' }).click();
  });

  test('a message is asked about by its menu, with a dialog, and the answer quotes it', async () => {
    await write(alex, 'fifteen and twenty-seven');
    const said = alex.locator('.message', { hasText: 'fifteen and twenty-seven' }).first();
    await said.click({ button: 'right' });
    await alex.getByRole('menuitem', { name: 'Ask Jupan' }).click();
    const dialog = alex.getByRole('dialog', { name: 'Ask Jupan' });
    await dialog.locator('textarea').fill('add 15 and 27');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await dialog.waitFor({ state: 'detached' });
    await answer(alex, '↳ Alex: fifteen and twenty-seven');
    await answer(alex, /42/);
    const answered = alex.locator('.message', { hasText: '↳ Alex' }).last();
    expect(await answered.locator('.context').innerText()).toContain('Ask Jupan');
    expect(await answered.locator('.context').innerText()).not.toContain('/Ask');
  });

  test('a message is sent on to another channel, where it stands as such', async () => {
    const said = alex.locator('.message', { hasText: 'what is in there?' }).first();
    await said.hover();
    await said.getByRole('button', { name: 'Forward' }).click();
    await alex.getByRole('dialog', { name: 'Where to?' }).getByRole('button', { name: '@Jupan' }).click();
    const forwarded = alex.locator('.forwarded', { hasText: 'what is in there?' });
    await forwarded.locator('.file', { hasText: 'notes.txt' }).waitFor();
    expect(await forwarded.innerText()).toContain('Forwarded');
    const saved = await alex.request.get(
      `${playground.url}${await forwarded.locator('a[download]').getAttribute('href')}`,
    );
    expect(await saved.text()).toBe('milk\nbread');
    await answer(alex, /milk|notes\.txt/);
  });

  test('/ask takes a file', async () => {
    await alex.locator('.composer-box > textarea').pressSequentially('/ask what is in it?');
    await alex.locator('.option input[type=file]').setInputFiles(notes);
    await alex.locator('.pick-file', { hasText: 'notes.txt' }).waitFor();
    await alex.locator('.option textarea').first().press('Enter');
    await answer(alex, '📎 notes.txt');
  });

  test('/ask waits for a file that is on its way', async () => {
    const upload = Promise.withResolvers<void>();
    await alex.route('**/uploads?*', (route) => upload.promise.then(() => route.continue()));
    await alex.locator('.composer-box > textarea').pressSequentially('/ask is it there yet?');
    await alex.locator('.option input[type=file]').setInputFiles({ ...notes, name: 'slow.txt' });
    const question = alex.locator('.option textarea').first();
    await question.press('Enter');
    await question.press('Enter');
    await alex.locator('.pick-file', { hasText: 'slow.txt · Uploading…' }).waitFor();
    upload.resolve();
    await answer(alex, '📎 slow.txt');
    await alex.unroute('**/uploads?*');
    expect(await alex.locator('.message .content', { hasText: 'is it there yet?' }).count()).toBe(1);
  });

  test('/ask is not sent without a file that does not get there', async () => {
    const upload = Promise.withResolvers<void>();
    // Not a status: the browser itself would complain of that.
    await alex.route('**/uploads?*', (route) => upload.promise.then(() => route.fulfill({ json: {} })));
    await alex.locator('.composer-box > textarea').pressSequentially('/ask where is it?');
    await alex.locator('.option input[type=file]').setInputFiles({ ...notes, name: 'lost.txt' });
    const question = alex.locator('.option textarea').first();
    await question.press('Enter');
    upload.resolve();
    await alex.getByText('lost.txt could not be uploaded').waitFor();
    await alex.unroute('**/uploads?*');
    expect(await question.inputValue()).toBe('where is it?');
    await question.press('Enter');
    await answer(alex, 'where is it?');
  });

  test('a message whose file does not get there stands in the composer again, with what was written meanwhile', async () => {
    const upload = Promise.withResolvers<void>();
    await alex.route('**/uploads?name=lost*', (route) => upload.promise.then(() => route.fulfill({ json: {} })));
    const field = alex.locator('.composer-box > textarea');
    const attached = alex.locator('.attached-file');
    const picker = alex.locator('.composer-box > input[type=file]');
    await picker.setInputFiles([{ ...notes, name: 'lost.txt' }, notes]);
    await write(alex, '@Jupan what do they say?');
    expect(await attached.count()).toBe(0);
    await picker.setInputFiles(cat);
    await field.pressSequentially('and this?');
    upload.resolve();
    await alex.getByText('lost.txt could not be uploaded').waitFor();
    await alex.unroute('**/uploads?name=lost*');
    await attached.filter({ hasText: 'cat.png' }).locator('img').waitFor();
    expect(await field.inputValue()).toBe('@Jupan what do they say?\nand this?');
    expect(await attached.allInnerTexts()).toEqual([
      expect.stringContaining('notes.txt'),
      expect.stringContaining('cat.png'),
    ]);
    await field.press('Enter');
    const message = alex.locator('.message', { hasText: 'and this?' });
    await message.locator('.file', { hasText: 'notes.txt' }).waitFor();
    await message.locator('.picture img[alt="cat.png"]').waitFor();
  });

  test('a file that is too large is not taken, and that is said', async () => {
    await paste(alex, { name: 'film.mp4', type: 'video/mp4', bytes: 21 * 1024 * 1024 });
    await alex.getByText('film.mp4 could not be uploaded').waitFor();
    expect(await alex.locator('.attached-file').count()).toBe(0);
  });
});

interface PageFile {
  readonly name: string;
  readonly type: string;
  /** What is in it, or how many bytes. */
  readonly bytes: readonly number[] | number;
}

/** As a script of the page: a file on its way there. */
function toTransfer({ name, type, bytes }: PageFile): string {
  const file = `new File([new Uint8Array(${JSON.stringify(bytes)})], '${name}', { type: '${type}' })`;
  return `(() => { const data = new DataTransfer(); data.items.add(${file}); return data; })()`;
}

async function paste(page: Page, file: PageFile): Promise<void> {
  const event = `new ClipboardEvent('paste', { clipboardData: ${toTransfer(file)}, bubbles: true, cancelable: true })`;
  await page.evaluate(`document.querySelector('.composer-box > textarea').dispatchEvent(${event})`);
}

async function drag(page: Page, type: 'dragenter' | 'drop', file: PageFile): Promise<void> {
  const event = `new DragEvent('${type}', { dataTransfer: ${toTransfer(file)}, bubbles: true, cancelable: true })`;
  await page.evaluate(`(document.querySelector('.drop-zone:not([hidden])') ?? document.body).dispatchEvent(${event})`);
}
