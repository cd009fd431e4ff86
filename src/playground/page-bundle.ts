/** The page's scripts and styles in one file each. Needs the sources and esbuild, which an installed package has not. */
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

export interface PageBundle {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
}

/** @throws {Error} when the page's sources cannot be bundled. */
export async function bundlePage(): Promise<PageBundle> {
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
  const bundled = (suffix: string) =>
    outputFiles.find((file) => file.path.endsWith(suffix))?.contents ?? new Uint8Array();
  return { script: bundled('page.js'), style: bundled('style.css') };
}
