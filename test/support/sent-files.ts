/** Files as people send them, made on the spot: sound ones, and such as nobody makes by accident. */
import { Readable } from 'node:stream';
import { crc32, createDeflate, deflateSync } from 'node:zlib';

const u16be = (value: number) => [value >> 8, value & 0xff];
const u16le = (value: number) => [value & 0xff, value >> 8];

/** One colour. @param claimed What the header says, when it says something else. */
export function toPng(width: number, height: number, claimed = { width, height }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claimed.width, 0);
  header.writeUInt32BE(claimed.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3), 0x40);
  for (let row = 0; row < height; row += 1) rows[row * (1 + width * 3)] = 0;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    toChunk('IHDR', header),
    toChunk('IDAT', deflateSync(rows)),
    toChunk('IEND', Buffer.alloc(0)),
  ]);
}

function toChunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** The outline of one: its scan shows nothing. */
export function toJpeg(width: number, height: number): Buffer {
  return Buffer.from([
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0],
    ...[0xff, 0xc0, 0, 11, 8, ...u16be(height), ...u16be(width), 1, 1, 0x11, 0],
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x55, 0x55, 0xff, 0xd9],
  ]);
}

/** Of the kind without loss. */
export function toWebp(width: number, height: number): Buffer {
  const bytes = Buffer.from('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\0\0\0\0\0\0', 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.writeUInt32LE(bytes.length - 20, 16);
  bytes.writeUInt32LE((width - 1) | ((height - 1) << 14), 21);
  return bytes;
}

/** Of one pixel each. */
export function toGif(frames: number): Buffer {
  const size = [...u16le(1), ...u16le(1)];
  const head = [...Buffer.from('GIF89a'), ...size, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff];
  const frame = [0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, ...size, 0, 2, 2, 0x44, 1, 0];
  return Buffer.concat([
    Buffer.from(head),
    ...Array.from({ length: frames }, () => Buffer.from(frame)),
    Buffer.from([0x3b]),
  ]);
}

/** @param objects From the catalogue on, which is the first; what is a Buffer is a whole stream. */
function toPdf(objects: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const places: number[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  for (const [index, object] of objects.entries()) {
    places.push(length());
    parts.push(Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n'));
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length()}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}

function toStream(data: Buffer, about = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`<< /Length ${data.length} ${about} >>\nstream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const pageOf = (resources: string) =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << ${resources} >> >>`;

/** One page that shows what the stream says, in the fonts F1 and F2. */
function toPage(contents: Buffer, more: readonly (string | Buffer)[] = [], resources = ''): Buffer {
  return toPdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    pageOf(`/Font << /F1 5 0 R ${more.length === 0 ? '' : '/F2 6 0 R'} >> ${resources}`),
    contents,
    helvetica,
    ...more,
  ]);
}

const show = (text: string) => `BT /F1 12 Tf 20 20 Td (${text}) Tj ET\n`;

/** Latin letters only, without brackets. */
export function toTextPdf(...lines: readonly string[]): Buffer {
  return toPage(toStream(Buffer.from(lines.map(show).join(''))));
}

/** A drawing without a word, as a scan is. */
export function toScannedPdf(): Buffer {
  return toPage(toStream(Buffer.from('0 0 100 100 re f')));
}

/** As older Korean programs write it: the letters as codes of a table that the file only names, in a font that it lacks. */
export function toKoreanPdf(text: string): Buffer {
  const codes = [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(4, '0')).join('');
  const system = '/CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >>';
  return toPage(toStream(Buffer.from(`BT /F2 12 Tf 20 20 Td <${codes}> Tj ET`)), [
    '<< /Type /Font /Subtype /Type0 /BaseFont /HYSMyeongJo-Medium /Encoding /UniKS-UCS2-H /DescendantFonts [7 0 R] >>',
    `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYSMyeongJo-Medium ${system} /FontDescriptor 8 0 R /DW 1000 >>`,
    '<< /Type /FontDescriptor /FontName /HYSMyeongJo-Medium /Flags 6 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
  ]);
}

/** Some kilobytes that unfold to that many megabytes. */
export async function toPdfBomb(megabytes: number): Promise<Buffer> {
  const once = await deflateRepeated(' ', megabytes);
  return toPage(toStream(deflateSync(once, { level: 9 }), '/Filter [/FlateDecode /FlateDecode]'));
}

/** So many drawings of nothing that a reader is at work for minutes, and needs little memory and writes few words. */
export async function toEndlessPdf(): Promise<Buffer> {
  const drawing = toStream(
    await deflateRepeated('q Q ', 1, show('a')),
    '/Filter /FlateDecode /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> >>',
  );
  return toPage(toStream(Buffer.from('/X Do '.repeat(900))), [helvetica, drawing], '/XObject << /X 7 0 R >>');
}

/** Without ever holding all of it. */
async function deflateRepeated(text: string, megabytes: number, end = ''): Promise<Buffer> {
  const part = Buffer.alloc(1024 ** 2, text);
  const all = [...Array.from({ length: megabytes }, () => part), Buffer.from(end)];
  const parts: Buffer[] = [];
  for await (const packed of Readable.from(all).pipe(createDeflate({ level: 9 }))) parts.push(packed);
  return Buffer.concat(parts);
}
