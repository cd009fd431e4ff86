/** Reads the fields of a protobuf message, without its schema. @see https://protobuf.dev/programming-guides/encoding/ */

export interface Field {
  readonly number: number;
  /** Bytes of what has a length; else the number. */
  readonly value: Buffer | bigint | string;
}

export function readFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const [tag, afterTag] = readVarint(message, at);
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) {
      const [value, next] = readVarint(message, afterTag);
      fields.push({ number, value });
      at = next;
    } else if (type === 1) {
      fields.push({ number, value: message.readBigUInt64LE(afterTag) });
      at = afterTag + 8;
    } else if (type === 2) {
      const [length, start] = readVarint(message, afterTag);
      at = start + Number(length);
      fields.push({ number, value: message.subarray(start, at) });
    } else if (type === 5) {
      fields.push({ number, value: BigInt(message.readUInt32LE(afterTag)) });
      at = afterTag + 4;
    } else throw new Error(`Wire type ${type} at ${at} is unknown.`);
  }
  return fields;
}

export function textOf(value: Field['value'], encoding: BufferEncoding = 'utf8'): string {
  return Buffer.isBuffer(value) ? value.toString(encoding) : String(value);
}

function readVarint(message: Buffer, from: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = from, shift = 0n; ; at += 1, shift += 7n) {
    const byte = BigInt(message.readUInt8(at));
    value |= (byte & 127n) << shift;
    if (byte < 128n) return [value, at + 1];
  }
}
