/** What OpenAI checks of a message that is a list of parts: which kinds its role may have, and that pictures are pictures. */
import { isRecord } from '../../json.ts';
import { emptyArray, invalidRequest, type OpenaiError, wrongType } from './openai-error.ts';

const userKinds = ['text', 'image_url', 'input_audio', 'file'];
const details = ['auto', 'low', 'high'];
/** Source: https://platform.openai.com/docs/guides/images-vision#image-input-requirements */
const formats = ['png', 'jpeg', 'gif', 'webp'];

/** The error that OpenAI would answer with; undefined for parts that it takes. */
export function checkParts(parts: readonly unknown[], role: string, path: string): OpenaiError | undefined {
  if (parts.length === 0) return emptyArray(path);
  const kinds = role === 'user' ? userKinds : role === 'assistant' ? ['text', 'refusal'] : ['text'];
  for (const [index, part] of parts.entries()) {
    if (!isRecord(part)) return wrongType(`${path}[${index}]`, 'an object', part);
    if (typeof part.type !== 'string' || !kinds.includes(part.type))
      return invalidRequest(
        `Invalid value: '${String(part.type)}'. Supported values are: ${kinds.map((kind) => `'${kind}'`).join(', ')}.`,
        `${path}[${index}].type`,
        'invalid_value',
      );
    if (part.type === 'text' && typeof part.text !== 'string')
      return wrongType(`${path}[${index}].text`, 'a string', part.text);
    const problem = part.type === 'image_url' ? checkPicture(part.image_url, `${path}[${index}].image_url`) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkPicture(picture: unknown, path: string): OpenaiError | undefined {
  if (!isRecord(picture)) return wrongType(path, 'an object', picture);
  const { url, detail } = picture;
  if (typeof url !== 'string') return wrongType(`${path}.url`, 'a string', url);
  if (detail !== undefined && !details.some((known) => known === detail))
    return invalidRequest(
      `Invalid value: '${String(detail)}'. Supported values are: ${details.map((known) => `'${known}'`).join(', ')}.`,
      `${path}.detail`,
      'invalid_value',
    );
  if (/^https?:\/\//.test(url)) return undefined;
  const [head = '', base64 = ''] = url.split(',', 2);
  if (!/^data:image\/[a-z+.-]{1,40};base64$/.test(head))
    return invalidRequest(
      `Invalid '${path}.url': expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value without the 'data:' prefix.`,
      `${path}.url`,
      'invalid_value',
    );
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    return invalidRequest('Invalid base64 image_url.', path, 'invalid_base64');
  const start = Buffer.from(base64.slice(0, 64), 'base64').toString('latin1');
  return isPicture(start) ? undefined : oddPicture;
}

/** @param start Its first bytes, as Latin-1. */
function isPicture(start: string): boolean {
  const isWebp = start.startsWith('RIFF') && start.startsWith('WEBP', 8);
  return isWebp || ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a'].some((head) => start.startsWith(head));
}

const oddPicture = invalidRequest(
  `You uploaded an unsupported image. Please make sure your image has of one the following formats: [${formats.map((name) => `'${name}'`).join(', ')}].`,
  null,
  'invalid_image_format',
);
