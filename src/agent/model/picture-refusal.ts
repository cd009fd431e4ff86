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
const tooLarge = /too large|exceeds/i;
const tooMany = /too many images/i;

/** Of a model that takes no pictures at all. */
const noPictures =
  /image_url is only supported|support image input|not a (?:vision|multi-?modal)|at most 0 image|unknown variant .image_url|missing data required for image/i;
const picture = /image|vision|multi-?modal/i;
const doesNotTake = /(?:not|n't) (?:currently )?(?:support|accept|enabled|process|take)/i;
const isNotTaken = /(?:not|n't) (?:currently )?(?:support|accept|enabled|available)/i;
/** Of the list that a message with pictures is, some say that it should be a string. */
const wantsString = /(?:must be a|should be a valid) string/i;

/** Of a request that held pictures. Undefined: it was refused for something else. */
export function toPictureRefusal({ status, code, message }: Answered): PictureRefusal | undefined {
  if (status === 413 || isTooLarge(message)) return 'too-large';
  if (oddCodes.has(code ?? '') || oddPicture.test(message)) return 'unreadable';
  if (takesNoPictures(message)) return 'model';
  // Whatever it is that it does not like of them.
  return (status === 400 || status === 422) && /\bimages?\b|image_url/i.test(message) ? 'unreadable' : undefined;
}

export function takesNoPictures(message: string): boolean {
  if (noPictures.test(message)) return true;
  if (message.split('\n').some((line) => isFollowed(line, /content/i, wantsString))) return true;
  return clausesOf(message).some(
    (clause) => isFollowed(clause, doesNotTake, picture) || isFollowed(clause, picture, isNotTaken),
  );
}

function isTooLarge(message: string): boolean {
  return tooMany.test(message) || clausesOf(message).some((clause) => tooLarge.test(clause) && /image/i.test(clause));
}

/** What stands between two signs that are part of no word. */
function clausesOf(message: string): string[] {
  return message.split(/[^\w '-]/);
}

function isFollowed(text: string, first: RegExp, second: RegExp): boolean {
  const found = first.exec(text);
  return found !== null && second.test(text.slice(found.index + found[0].length));
}
