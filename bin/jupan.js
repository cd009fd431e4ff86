#!/usr/bin/env node
/**
 * `jupan COMMAND`: every program by name, for the installed package and for images. In a checkout it runs the sources, in the
 * package what was built of them. Finds a Node that is new enough and gives this process over to it, so that nothing stays
 * beside the program.
 *
 * Plain JavaScript on purpose: an old Node could not even read a TypeScript file to say what is wrong.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;
const words = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  const isCheckout = existsSync(new URL('../src', import.meta.url));
  const programs = new URL(isCheckout ? '../src/programs/' : '../dist/programs/', import.meta.url);
  const { interpret } = await import(new URL(isCheckout ? 'command-line.ts' : 'command-line.js', programs).href);
  const meaning = interpret(words, process.env);
  if (meaning.type === 'run') {
    const launcher = fileURLToPath(new URL('launch.js', programs));
    await become(process.execPath, [...process.execArgv, ...meaning.nodeFlags, launcher, ...meaning.words]);
  } else {
    (meaning.status === 0 ? process.stdout : process.stderr).write(`${meaning.text}\n`);
    process.exitCode = meaning.status;
  }
} else {
  const own = findOwnNode();
  if (own !== undefined) await become(own, [fileURLToPath(import.meta.url), ...words]);
  else {
    console.error(
      `Jupan needs Node ${oldestMajor} or newer, and this is ${process.versions.node}. It could bring its own with the npm ` +
        'package `node`, but npm left that out or did not run its install script. Allow it, or install a newer Node.',
    );
    process.exitCode = 1;
  }
}

/** The Node that was installed with this package, if it is there and is not the one that runs this. */
function findOwnNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const path = realpathSync(join(folder, 'bin', 'node'));
    return path === realpathSync(process.execPath) ? undefined : path;
  } catch {
    return undefined;
  }
}

/**
 * Goes on as that program, in the same process where the system and this Node can do that, else as its parent, which passes
 * signals on and ends as it ends. It is given this one's name, by which it knows what to call itself (`src/started-as.ts`).
 */
async function become(path, args) {
  try {
    process.execve?.(path, ['jupan', ...args], process.env);
  } catch (error) {
    if (error.code !== 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM') throw error;
  }
  const child = spawn(path, args, { argv0: 'jupan', stdio: 'inherit' });
  const passOn = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  const [status, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  for (const each of signals) process.off(each, passOn);
  if (signal === null) process.exitCode = status;
  else process.kill(process.pid, signal);
}
