/**
 * What `docker build` and `docker run` do, without a container engine: the steps of a Dockerfile in order, each stage in an
 * empty folder that is the whole file system of its commands, with a minimal environment, as a user without privileges. This
 * machine stands in for the base image, with the commands that every Debian has, Node and npm, and nothing else of it. Files
 * have one owner here, so that who may read what is to be judged by their modes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, matchesGlob, relative } from 'node:path';
import { execForm, findHealthCheck, type Instruction, readStages, type Stage } from '../../../scripts/dockerfile.ts';

/** What the last stage leaves behind. */
export interface Image {
  /** Its file system. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

export interface Container {
  /** Ends as the first process in it does. */
  readonly process: ChildProcess;
  /** Of that first process, as this machine counts. */
  readonly pid: number;
}

/** Whoever runs the tests as root has them run as nobody. */
const nobody = 65_534;
const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** Why images cannot be built here; undefined where they can. */
export function whyNoImage(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) return 'this is no Debian';
  try {
    execFileSync('bwrap', ['--unshare-user', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore', ...identity });
    return undefined;
  } catch {
    return 'bwrap (Debian package bubblewrap) is missing, or may not make namespaces';
  }
}

/** @param folder Empty; the stages are made in it. @throws {Error} when a step fails, and for steps that are not known here. */
export async function buildImage(context: string, folder: string): Promise<Image> {
  giveAway(folder);
  const built = new Map<string, Image>();
  let last: Image | undefined;
  for (const [index, stage] of readStages(readFileSync(join(context, 'Dockerfile'), 'utf8')).entries()) {
    last = await buildStage(stage, join(folder, `stage-${index}`), context, built);
    if (stage.name !== undefined) built.set(stage.name, last);
  }
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return last;
}

/** As `docker run --read-only --tmpfs /tmp --volume VOLUME:/data` does; its command in place of the image's, if given. */
export async function runImage(
  image: Image,
  settings: Readonly<Record<string, string>>,
  volume: string,
  command: readonly string[] = image.command,
): Promise<Container> {
  const [uid, gid = uid] = image.user.split(':');
  const options = ['--uid', uid ?? '', '--gid', gid ?? '', '--as-pid-1', '--json-status-fd', '3'];
  const environment = { HOME: '/home/node', ...image.environment, ...settings };
  const view = ['--ro-bind', image.root, '/', ...baseMounts, '--bind', volume, '/data', '--tmpfs', '/tmp'];
  const child = spawn(
    'bwrap',
    [...isolation, ...options, ...view, ...inside(image.workdir, environment), ...image.entrypoint, ...command],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: {}, ...identity },
  );
  return { process: child, pid: await readPid(child) };
}

/** The status of the image's health check, run as an engine runs it in the container. */
export async function checkHealth(
  image: Image,
  settings: Readonly<Record<string, string>>,
  volume: string,
): Promise<number | null> {
  const { healthCheck } = image;
  const { process: child } = await runImage({ ...image, entrypoint: [] }, settings, volume, healthCheck);
  const [status] = await once(child, 'close');
  return status;
}

/** Gives what is in a folder to the user of the steps. */
export function giveAway(path: string): void {
  if (identity.uid === undefined) return;
  chownSync(path, nobody, nobody);
  execFileSync('chown', ['--recursive', '--no-dereference', `${nobody}:${nobody}`, path]);
}

async function readPid(child: ChildProcess): Promise<number> {
  const status = child.stdio[3];
  if (status === null || status === undefined || !('setEncoding' in status))
    throw new Error('bwrap has no status pipe.');
  for await (const text of status.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const [, pid] = /"child-pid": (\d+)/.exec(String(text)) ?? [];
    if (pid !== undefined) return Number(pid);
  }
  throw new Error('bwrap could not start it.');
}

async function buildStage(
  { base, instructions }: Stage,
  root: string,
  context: string,
  built: ReadonlyMap<string, Image>,
): Promise<Image> {
  const from = built.get(base);
  if (from === undefined) makeBase(base, root);
  else cpSync(from.root, root, { recursive: true, verbatimSymlinks: true });
  let image: Image = from === undefined ? { ...baseImage, root } : { ...from, root };
  for (const instruction of instructions) {
    try {
      image = await follow(instruction, image, context, built);
    } catch (error) {
      throw new Error(`Line ${instruction.line} of the Dockerfile failed: ${instruction.text}`, { cause: error });
    }
  }
  const check = findHealthCheck({ line: 0, base, name: undefined, flags: {}, instructions })?.command;
  return check === undefined ? image : { ...image, healthCheck: requireList(check) };
}

async function follow(
  { keyword, flags, text }: Instruction,
  image: Image,
  context: string,
  built: ReadonlyMap<string, Image>,
): Promise<Image> {
  switch (keyword) {
    case 'LABEL':
    case 'HEALTHCHECK':
      return image;
    case 'ENV':
      return { ...image, environment: { ...image.environment, ...readPairs(text) } };
    case 'WORKDIR':
      mkdirSync(join(image.root, text), { recursive: true });
      return { ...image, workdir: text };
    case 'USER':
      return { ...image, user: text };
    case 'ENTRYPOINT':
      return { ...image, entrypoint: requireList(text), command: [] };
    case 'CMD':
      return { ...image, command: requireList(text) };
    case 'COPY':
      copy(text.split(/\s+/), image, flags.from === undefined ? context : built.get(flags.from)?.root, flags.from);
      return image;
    case 'RUN':
      giveAway(image.root);
      await run(text, image);
      return image;
    default:
      throw new Error(`${keyword} is not known to the tests.`);
  }
}

function requireList(text: string): readonly string[] {
  const words = execForm(text);
  if (words === undefined) throw new Error(`${text} is no list of words.`);
  return words;
}

function readPairs(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/\s+/).map((pair) => [pair.split('=')[0] ?? '', pair.replace(/^[^=]*=/, '')]));
}

/** A folder is copied as what is in it. */
function copy(words: readonly string[], image: Image, source: string | undefined, stage: string | undefined): void {
  if (source === undefined) throw new Error(`There is no stage ${stage}.`);
  const target = words.at(-1) ?? '';
  const place = target.startsWith('/') ? join(image.root, target) : join(image.root, image.workdir, target);
  const isKept = stage === undefined ? readIgnored(source) : () => true;
  for (const word of words.slice(0, -1)) {
    const from = join(source, word);
    const isFolder = execFileSync('stat', ['--format=%F', from], { encoding: 'utf8' }).trim() === 'directory';
    const to = !isFolder && /(?:^|\/)\.?$/.test(target) ? join(place, basename(from)) : place;
    mkdirSync(isFolder ? to : dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => isKept(relative(source, path)) });
  }
}

/** The rules of `.dockerignore`: the last line that fits decides, and what is in a folder goes with it. */
function readIgnored(context: string): (path: string) => boolean {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n');
  const rules = lines.filter((line) => /^[^#\s]/.test(line)).map((line) => line.trim());
  return (path) => {
    const decides = rules.findLast((rule) => {
      const pattern = rule.replace(/^!/, '');
      return [path, ...parentsOf(path)].some((each) => matchesGlob(each, pattern));
    });
    // A folder is gone into for what below it is wanted.
    const isOnTheWay = rules.some((rule) => rule.startsWith(`!${path}/`));
    return path === '' || decides === undefined || decides.startsWith('!') || isOnTheWay;
  };
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [parent, ...parentsOf(parent)];
}

async function run(script: string, image: Image): Promise<void> {
  const view = ['--bind', image.root, '/', ...baseMounts, '--tmpfs', '/tmp'];
  const environment = { HOME: '/root', ...image.environment, ...registry() };
  const options = [...isolation, '--uid', '0', '--gid', '0', ...view, ...inside(image.workdir, environment)];
  const child = spawn('bwrap', [...options, '/bin/sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
    ...identity,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`It ended with ${status}:\n${output}`);
}

/** Where packages come from on this machine: an engine lends that to its builds, too. */
function registry(): Record<string, string> {
  const lent = [
    'NODE_EXTRA_CA_CERTS',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ];
  const variables = lent.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? ''] as const] : []));
  const address = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return { ...Object.fromEntries(variables), npm_config_registry: address };
}

const isolation = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--die-with-parent',
  '--new-session',
];

function inside(workdir: string, environment: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]);
  return ['--proc', '/proc', '--dev', '/dev', '--chdir', workdir, ...variables, '--'];
}

/** What the image node:VERSION-bookworm-slim sets. */
const baseImage: Omit<Image, 'root'> = {
  environment: {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    NODE_VERSION: process.versions.node,
  },
  workdir: '/',
  user: '0:0',
  entrypoint: [],
  command: ['node'],
  healthCheck: [],
};

const npmFolder = () => join(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())), '..');

/** Of this machine, and only to be read. */
const baseMounts = [
  ...[
    '/usr/lib',
    '/usr/lib64',
    '/etc/ssl',
    '/etc/resolv.conf',
    '/etc/hosts',
    '/etc/nsswitch.conf',
    '/usr/share/ca-certificates',
  ]
    .filter((path) => existsSync(path))
    .flatMap((path) => ['--ro-bind', path, path]),
  ...['--ro-bind', '/usr/bin', '/run/host/bin', '--ro-bind', process.execPath, '/usr/local/bin/node'],
  ...['--ro-bind', npmFolder(), '/usr/local/lib/node_modules/npm'],
];

function makeBase(base: string, root: string): void {
  if (!base.startsWith(`node:${process.versions.node}-`)) {
    throw new Error(`Node ${process.versions.node} of this machine cannot stand in for ${base}.`);
  }
  for (const folder of [
    'usr/bin',
    'usr/local/bin',
    'usr/local/lib/node_modules/npm',
    'etc',
    'home/node',
    'root',
    'tmp',
    'proc',
    'dev',
    'run/host/bin',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  for (const name of essentialCommands()) symlinkSync(`/run/host/bin/${name}`, join(root, 'usr/bin', name));
  writeFileSync(join(root, 'usr/local/bin/node'), '');
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/bash\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
}

/** What no Debian is without. */
function essentialCommands(): string[] {
  const packages = execFileSync('dpkg-query', ['--show', '--showformat=${Essential} ${Package}\n'], {
    encoding: 'utf8',
  });
  const names = [...packages.matchAll(/^yes (.*)$/gm)].map(([, name = '']) => name);
  const files = execFileSync('dpkg', ['--listfiles', ...names], { encoding: 'utf8' });
  const commands = [...files.matchAll(/^(?:\/usr)?\/bin\/([^/\n]+)$/gm)].map(([, name = '']) => name);
  return [...new Set(commands)].filter((name) => existsSync(`/usr/bin/${name}`));
}
