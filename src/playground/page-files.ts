/** The page's files. From the sources they are bundled in memory at start: what the browser loads is what the sources say. */
import { existsSync, readFileSync } from 'node:fs';

export interface PageFile {
  readonly contentType: string;
  readonly body: Uint8Array | string;
}

/** In the built package, the bundle lies beside the page's other files, under these names. */
export const builtPageFiles = { script: 'page.js', style: 'style.css' } as const;
/** Served as they are. */
export const plainPageFiles = { page: 'index.html', icon: 'icon.svg' } as const;

/** By the path the browser asks for. @throws {Error} when the page's sources cannot be bundled. */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { script, style } = existsSync(place(builtPageFiles.script))
    ? { script: read(builtPageFiles.script), style: read(builtPageFiles.style) }
    : await (await import('./page-bundle.ts')).bundlePage();
  return new Map<string, PageFile>([
    ['/', { contentType: 'text/html; charset=utf-8', body: read(plainPageFiles.page) }],
    ['/page.js', { contentType: 'text/javascript; charset=utf-8', body: script }],
    ['/style.css', { contentType: 'text/css; charset=utf-8', body: style }],
    ['/icon.svg', { contentType: 'image/svg+xml', body: read(plainPageFiles.icon) }],
  ]);
}

function read(name: string): Uint8Array {
  return readFileSync(place(name));
}

function place(name: string): URL {
  return new URL(`./page/${name}`, import.meta.url);
}
