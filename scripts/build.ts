/**
 * `npm run build`: makes `dist`, JavaScript file by file of what is in `src`, for the npm package and the image. Node reads no
 * TypeScript in `node_modules`; without having to strip the types, the programs also take less memory. A checkout runs its
 * sources and never looks at `dist`.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../src/playground/page-bundle.ts';
import { builtPageFiles, plainPageFiles } from '../src/playground/page-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const [source, target] = [join(root, 'src'), join(root, 'dist')];
const page = join('playground', 'page');

rmSync(target, { recursive: true, force: true });
compile();
for (const path of globSync('**/*.js', { cwd: target })) nameBuiltFiles(join(target, path));
for (const path of globSync('**/*.js', { cwd: source })) copyFileSync(join(source, path), join(target, path));
await addPage();

function compile(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
}

/** The compiler renames what is imported, and not what `new URL` names to be run as a thread or a process. */
function nameBuiltFiles(path: string): void {
  const text = readFileSync(path, 'utf8');
  const renamed = text.replace(/(new URL\((['"`])\.\.?\/[^'"`]*)\.ts(\2, import\.meta\.url\))/g, '$1.js$3');
  if (renamed !== text) writeFileSync(path, renamed);
}

async function addPage(): Promise<void> {
  mkdirSync(join(target, page), { recursive: true });
  const { script, style } = await bundlePage();
  writeFileSync(join(target, page, builtPageFiles.script), script);
  writeFileSync(join(target, page, builtPageFiles.style), style);
  for (const name of Object.values(plainPageFiles)) copyFileSync(join(source, page, name), join(target, page, name));
}
