/** The page's files, bundled in memory at start: what the browser loads is what the sources say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

export interface PageFile {
  readonly contentType: string;
  readonly body: Uint8Array | string;
}

/** By the path the browser asks for. @throws {Error} when the page's sources cannot be bundled. */
export async function buildPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const source = (name: string) => fileURLToPath(new URL(`./page/${name}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { page: source('main.ts'), style: source('style/page.css') },
    outdir: '/',
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  // The bundler's own process would live as long as this one.
  await stop();
  const bundled = (suffix: string) => outputFiles.find((file) => file.path.endsWith(suffix))?.contents ?? '';
  return new Map<string, PageFile>([
    ['/', { contentType: 'text/html; charset=utf-8', body: readFileSync(source('index.html')) }],
    ['/page.js', { contentType: 'text/javascript; charset=utf-8', body: bundled('page.js') }],
    ['/style.css', { contentType: 'text/css; charset=utf-8', body: bundled('style.css') }],
    ['/icon.svg', { contentType: 'image/svg+xml', body: readFileSync(source('icon.svg')) }],
  ]);
}
