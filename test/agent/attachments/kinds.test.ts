/** Files are told by what they hold, not by their names. */
import { describe, expect, test } from 'vitest';
import { readPicture } from '../../../src/agent/attachments/picture.ts';
import { readText } from '../../../src/agent/attachments/plain-text.ts';
import { toGif, toJpeg, toPng, toWebp } from '../../support/sent-files.ts';

describe('a picture', () => {
  test.each([
    ['png', 'image/png', toPng(3, 2)],
    ['jpg', 'image/jpeg', toJpeg(3, 2)],
    ['webp', 'image/webp', toWebp(3, 2)],
  ])('is known as %s with its size, and goes as it is', (extension, mimeType, data) => {
    expect(readPicture(data)).toEqual({ mimeType, extension, width: 3, height: 2, data });
  });

  test('that moves is its first picture, however many there are', () => {
    const still = toGif(1);
    expect(readPicture(still)).toMatchObject({ mimeType: 'image/gif', width: 1, height: 1, data: still });
    expect(readPicture(toGif(10_000))).toMatchObject({ data: still });
  });

  test.each([
    ['png', toPng(30, 20)],
    ['jpeg', toJpeg(30, 20)],
    ['webp', toWebp(30, 20)],
    ['gif', toGif(1)],
  ])('that is a part of a %s is broken, wherever it ends', (_kind, whole) => {
    const ends = Array.from({ length: whole.length - 13 }, (_, index) => index + 12);
    const read = ends.map((end) => [end, readPicture(whole.subarray(0, end))]);
    // The checksum of a png's last part says nothing.
    expect(read.filter(([end, picture]) => picture !== 'broken' && Number(end) < whole.length - 4)).toEqual([]);
  });

  test('of no size is broken', () => {
    expect(readPicture(toPng(1, 1, { width: 0, height: 1 }))).toBe('broken');
    expect(readPicture(toJpeg(0, 5))).toBe('broken');
  });

  test.each([
    ['a text', 'GIF and PNG are formats.'],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['another RIFF file', 'RIFF\x10\0\0\0WAVEfmt '],
    ['nothing', ''],
  ])('is not what %s is', (_kind, data) => expect(readPicture(Buffer.from(data, 'latin1'))).toBeUndefined());
});

describe('a text', () => {
  const words = '이름,값\n가나,1\n';
  test.each([
    ['UTF-8', Buffer.from(words)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${words}`)],
    ['UTF-16', Buffer.from(`\ufeff${words}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${words}`, 'utf16le').swap16()],
    ['Windows breaks', Buffer.from(words.replaceAll('\n', '\r\n'))],
    ['the code of Korean Windows', Buffer.from('c0ccb8a72cb0aa0ab0a1b3aa2c310a', 'hex')],
  ])('is read in %s', (_code, data) => expect(readText(data)).toBe(words));

  test('may have the colours of a terminal', () =>
    expect(readText(Buffer.from('\x1b[31mred\x1b[0m'))).toContain('red'));

  test.each([
    ['a program', Buffer.from('7f454c4602010100000000000000000003003e00', 'hex')],
    ['an archive', Buffer.from('504b0304140000000800e3a1', 'hex')],
    ['chance', Buffer.from('f3a19bc2d4e5908712aabbccddeeff00', 'hex')],
    ['western letters of old', Buffer.from('un caf\xe9 cr\xe8me', 'latin1')],
    ['control characters', Buffer.from('\x01\x02\x03\x04abc')],
  ])('is not what %s is', (_kind, data) => expect(readText(data)).toBeUndefined());
});
