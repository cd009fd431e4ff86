/** A page without scripts, styles or anything from elsewhere: nothing on it can be made to do anything. */
import type { ServerResponse } from 'node:http';
import type { PageLanguage } from './words.ts';

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

/** @param lines This program's own words: nothing of a request stands on a page. */
export function writePage(
  response: ServerResponse,
  status: number,
  language: PageLanguage,
  [title = '', ...lines]: readonly string[],
): void {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title>`;
  const body = [`<h1>${title}</h1>`, ...lines.map((line) => `<p>${line}</p>`)].join('');
  response
    .writeHead(status, headers)
    .end(`<!doctype html><html lang="${language}">${head}<main>${body}</main></html>\n`);
}

export function writeRedirect(response: ServerResponse, location: string, cookie?: string): void {
  const { 'content-type': _type, ...plain } = headers;
  response.writeHead(302, { ...plain, location, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) }).end();
}

export function writeJson(response: ServerResponse, value: unknown): void {
  response
    .writeHead(200, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
    .end(`${JSON.stringify(value)}\n`);
}
