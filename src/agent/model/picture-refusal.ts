/**
 * Tells by a server's words that it does not take the pictures it was sent. There is no code for it that all would use: each
 * compatible server says it in its own way, and some with a status that means something else.
 */
import type { PictureRefusal } from './model-error.ts';

interface Answered {
  readonly status: number | undefined;
  readonly code?: string | null | undefined;
  readonly message: string;
}

/** OpenAI's codes for pictures that it cannot read, and what it and others say of them. */
const oddCodes = new Set(['invalid_image_format', 'image_parse_error', 'invalid_image', 'invalid_base64']);
const oddPicture =
  /unsupported image|invalid image|image is valid|valid image|process (?:the |input )?image|identify image|(?:load|decode|parse|open) (?:the )?image/i;
const tooLarge = /image[\w ]{0,40}(?:too large|exceeds)|(?:too large|exceeds)[\w ]{0,40}image|too many images/i;

/** Of a model that takes no pictures at all. Of the list that a message with pictures is, some say that it should be a string. */
const noPictures = [
  /image_url is only supported/i,
  /(?:not|n't) (?:currently )?(?:support|accept|enabled|process|take)[\w ]{0,40}(?:image|vision|multi-?modal)/i,
  /(?:image|vision|multi-?modal)[\w ]{0,40}(?:not|n't) (?:currently )?(?:support|accept|enabled|available)/i,
  /support image input/i,
  /not a (?:vision|multi-?modal)/i,
  /at most 0 image/i,
  /unknown variant .image_url/i,
  /content[^\n]{0,60}(?:must be a|should be a valid) string/i,
  /missing data required for image/i,
];

/** Of a request that held pictures. Undefined: it was refused for something else. */
export function toPictureRefusal({ status, code, message }: Answered): PictureRefusal | undefined {
  if (status === 413 || tooLarge.test(message)) return 'too-large';
  if (oddCodes.has(code ?? '') || oddPicture.test(message)) return 'unreadable';
  if (takesNoPictures(message)) return 'model';
  // Whatever it is that it does not like of them.
  return (status === 400 || status === 422) && /\bimages?\b|image_url/i.test(message) ? 'unreadable' : undefined;
}

export function takesNoPictures(message: string): boolean {
  return noPictures.some((pattern) => pattern.test(message));
}
