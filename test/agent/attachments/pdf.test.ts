/** PDFs, each read in a process of its own, which a hostile one takes down alone. */
import { describe, expect, test } from 'vitest';
import { PdfReader } from '../../../src/agent/attachments/pdf/pdf-reader.ts';
import { toEndlessPdf, toKoreanPdf, toPdfBomb, toScannedPdf, toTextPdf } from '../../support/sent-files.ts';

const reader = new PdfReader();
const read = (data: Uint8Array, most = 1_000) => reader.read(data, most, new AbortController().signal);

describe('the text of a PDF', () => {
  test('is read page by page', async () => {
    expect(await read(toTextPdf('Hello world.'))).toEqual({ text: '(page 1)\nHello world.\n', isCut: false });
  });

  test('is read where Korean letters are mere codes', async () => {
    expect(await read(toKoreanPdf('안녕하세요'))).toEqual({ text: '(page 1)\n안녕하세요\n', isCut: false });
  });

  test('is cut at the bound, and says so', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `Line ${index}`);
    const pages = await read(toTextPdf(...lines), 300);
    expect(pages).toEqual({ text: expect.stringMatching(/^\(page 1\)\nLine 0/), isCut: true });
    expect(pages?.text).toHaveLength(300);
  });

  test('is empty in a scan', async () => expect(await read(toScannedPdf())).toEqual({ text: '', isCut: false }));

  test('is not there in half a file', async () => {
    const whole = toTextPdf('Hello world.');
    expect(await read(whole.subarray(0, whole.length / 2))).toBeUndefined();
  });
});

describe('a hostile PDF', () => {
  test('that unfolds to gigabytes is given up', async () => {
    const bomb = await toPdfBomb(1_500);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await read(bomb)).toBeUndefined();
  });

  test('that keeps a reader busy is given up', async () => expect(await read(await toEndlessPdf())).toBeUndefined());
});

test('whoever waits for a third is let go with its turn, and those behind it are read', async () => {
  const stop = new AbortController();
  const first = [read(toTextPdf('one')), read(toTextPdf('two'))];
  const stopped = reader.read(toTextPdf('three'), 100, stop.signal);
  const last = read(toTextPdf('four'));
  stop.abort('stop');
  await expect(stopped).rejects.toBe('stop');
  expect((await Promise.all([...first, last])).map((pages) => pages?.text)).toEqual([
    '(page 1)\none\n',
    '(page 1)\ntwo\n',
    '(page 1)\nfour\n',
  ]);
});
