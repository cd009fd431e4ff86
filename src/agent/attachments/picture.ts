/**
 * Tells pictures by what they hold, and whether they are whole, as far as their outlines say: nothing is unpacked, so that no
 * picture can take more time or memory than its bytes. The kinds are those that models take.
 */

export interface Picture {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  /** What is to be sent: of a moving GIF its first picture, since models take no other. */
  readonly data: Uint8Array;
}

/** `broken` of what begins as a picture and is not a whole one; undefined of anything else. */
export function readPicture(bytes: Uint8Array): Picture | 'broken' | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { isIt, read, mimeType, extension } of kinds) {
    if (!isIt(data)) continue;
    const outline = readOrBroken(read, data);
    if (outline === undefined || outline.width === 0 || outline.height === 0) return 'broken';
    return { mimeType, extension, data, ...outline };
  }
  return undefined;
}

interface Outline {
  readonly width: number;
  readonly height: number;
  readonly data?: Uint8Array;
}

interface Kind extends Pick<Picture, 'mimeType' | 'extension'> {
  readonly isIt: (data: Buffer) => boolean;
  /** Undefined when it is not whole. Reading past the end throws a RangeError, which means the same. */
  readonly read: (data: Buffer) => Outline | undefined;
}

const kinds: readonly Kind[] = [
  {
    mimeType: 'image/png',
    extension: 'png',
    isIt: (data) => data.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
    read: readPng,
  },
  {
    mimeType: 'image/jpeg',
    extension: 'jpg',
    isIt: (data) => data.length > 3 && data.readUIntBE(0, 3) === 0xff_d8_ff,
    read: readJpeg,
  },
  {
    mimeType: 'image/webp',
    extension: 'webp',
    isIt: (data) => nameAt(data, 0) === 'RIFF' && nameAt(data, 8) === 'WEBP',
    read: readWebp,
  },
  {
    mimeType: 'image/gif',
    extension: 'gif',
    isIt: (data) => ['GIF87a', 'GIF89a'].includes(data.toString('latin1', 0, 6)),
    read: readGif,
  },
];

function readOrBroken(read: Kind['read'], data: Buffer): Outline | undefined {
  try {
    return read(data);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function nameAt(data: Buffer, at: number): string {
  return data.toString('latin1', at, at + 4);
}

/** Chunks of a length, a name, so many bytes and a checksum, the first of them IHDR and the last IEND. Source: https://www.w3.org/TR/png-3/ */
function readPng(data: Buffer): Outline | undefined {
  if (nameAt(data, 12) !== 'IHDR') return undefined;
  for (let at = 8; ; at += 12 + data.readUInt32BE(at)) {
    if (nameAt(data, at + 4) !== 'IEND') continue;
    return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  }
}

/** Markers with segments up to the scan, which ends with the marker EOI. Source: ITU-T T.81, annex B. */
function readJpeg(data: Buffer): Outline | undefined {
  let size: Outline | undefined;
  for (let at = 2; ; ) {
    if (data.readUInt8(at) !== 0xff) return undefined;
    const marker = data.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda)
      return size !== undefined && data.lastIndexOf('\xff\xd9', undefined, 'latin1') > at ? size : undefined;
    // Start of frame, of whichever process; the three between are tables.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) size = { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    at += 2 + data.readUInt16BE(at + 2);
  }
}

/** A RIFF file whose first chunk says how large the picture is, in each of three ways. Source: RFC 9649, section 2. */
function readWebp(data: Buffer): Outline | undefined {
  if (data.readUInt32LE(4) + 8 > data.length) return undefined;
  switch (nameAt(data, 12)) {
    case 'VP8X':
      return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const sizes = data.readUInt32LE(21);
      return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff };
    default:
      return undefined;
  }
}

/** A header, then blocks: extensions, and pictures one after another. Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function readGif(data: Buffer): Outline | undefined {
  const size = { width: data.readUInt16LE(6), height: data.readUInt16LE(8) };
  for (let at = 13 + colours(data.readUInt8(10)); ; ) {
    const block = data.readUInt8(at);
    if (block === 0x21) {
      at = endOfParts(data, at + 2);
    } else if (block === 0x2c) {
      const end = endOfParts(data, at + 11 + colours(data.readUInt8(at + 9)));
      // What comes after it is more pictures, or the end.
      if (data.readUInt8(end) === 0x3b) return size;
      return { ...size, data: Buffer.concat([data.subarray(0, end), Buffer.from([0x3b])]) };
    } else return undefined;
  }
}

/** The length of a table of colours by the byte that tells of it. */
function colours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}

/** Parts of up to 255 bytes, each behind its length, up to an empty one. */
function endOfParts(data: Buffer, start: number): number {
  let at = start;
  for (let length = data.readUInt8(at); length > 0; length = data.readUInt8(at)) at += 1 + length;
  return at + 1;
}
