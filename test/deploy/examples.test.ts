/** The examples of `deploy` and compose.yaml say the same as the image: who runs it, what it writes to, how long it may take to stop. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { readStages } from '../../scripts/dockerfile.ts';
import { readConfig } from '../../src/config/read.ts';
import { isRecord } from '../../src/json.ts';
import { commands } from '../../src/programs/commands.ts';

/** In seconds: what a program that was told to stop may take, by the README. */
const stopsWithin = 10;
const image = readStages(read('Dockerfile')).at(-1);
const operatorPort = Number(/OPS_PORT=(\d+)/.exec(read('Dockerfile'))?.[1]);
const user = image?.instructions.find(({ keyword }) => keyword === 'USER')?.text;

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

/** What is found by that path in what was parsed. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isRecord(found) ? found[key] : undefined;
  }, value);
}

function seconds(value: unknown): number {
  return Number(String(value).replace(/s$/, ''));
}

describe('compose.yaml', () => {
  const compose: unknown = parseYaml(read('compose.yaml'), { merge: true });
  const services = Object.entries(at(compose, 'services') ?? {});

  test('runs the bot as little more than a reader: nothing to write to but its volume, no privileges, no ports', () => {
    expect(at(compose, 'services', 'jupan')).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      init: true,
      env_file: '.env',
      volumes: ['data:/data'],
      tmpfs: ['/tmp'],
    });
    expect(seconds(at(compose, 'services', 'jupan', 'stop_grace_period'))).toBeGreaterThan(stopsWithin);
    for (const [, service] of services) {
      expect(at(service, 'ports')).toBeUndefined();
      expect(at(service, 'security_opt')).toEqual(['no-new-privileges:true']);
      expect(at(service, 'restart')).toBe('unless-stopped');
    }
  });

  test('starts databases only by their profiles, of one version, and waits for them only then', () => {
    const databases = services.filter(([name]) => name !== 'jupan');
    expect(databases.map(([name, service]) => [name, at(service, 'profiles')])).toEqual([
      ['redis', ['redis']],
      ['postgres', ['postgres']],
    ]);
    for (const [name, service] of databases) {
      expect(at(service, 'image')).toMatch(/^\w+:\d+(?:\.\d+)*-alpine$/);
      expect(at(service, 'healthcheck', 'test', 0)).toBe('CMD');
      expect(at(compose, 'services', 'jupan', 'depends_on', name)).toEqual({
        condition: 'service_healthy',
        required: false,
      });
      for (const volume of [at(service, 'volumes')].flat()) {
        expect(Object.keys(at(compose, 'volumes') ?? {})).toContain(String(volume).split(':')[0]);
      }
    }
    expect(at(compose, 'services', 'jupan', 'profiles')).toBeUndefined();
  });

  test('names addresses of its databases that the bot takes, and a Redis that keeps everything', () => {
    const named = [...read('compose.yaml').matchAll(/STORE_URL=(\S+)/g)].map(([, url = '']) => url);
    expect(named.map((url) => new URL(url).hostname)).toEqual(['redis', 'postgres']);
    for (const url of named) expect(readConfig({ STORE_URL: url }, {}).storeUrl).toBe(url);
    const { hostname, username, pathname } = new URL(named[1] ?? '');
    expect(at(compose, 'services', hostname, 'environment')).toMatchObject({
      POSTGRES_USER: username,
      POSTGRES_DB: pathname.slice(1),
    });
    const command = at(compose, 'services', 'redis', 'command');
    expect(String(command)).toContain('--appendonly,yes,--maxmemory-policy,noeviction');
  });
});

describe('deploy/kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
  const set: unknown = documents.find((each) => at(each, 'kind') === 'StatefulSet');
  const pod = at(set, 'spec', 'template', 'spec');
  const container = at(pod, 'containers', 0);

  test('keeps one pod on one volume, where the image writes', () => {
    expect(documents.map((each) => at(each, 'kind'))).toEqual(['Service', 'StatefulSet']);
    expect(at(set, 'spec', 'replicas')).toBe(1);
    expect(at(set, 'spec', 'serviceName')).toBe(at(documents[0], 'metadata', 'name'));
    expect(at(container, 'volumeMounts')).toEqual([
      { name: at(set, 'spec', 'volumeClaimTemplates', 0, 'metadata', 'name'), mountPath: '/data' },
      { name: at(pod, 'volumes', 0, 'name'), mountPath: '/tmp' },
    ]);
    expect(at(pod, 'terminationGracePeriodSeconds')).toBeGreaterThan(stopsWithin);
  });

  test('runs as the image’s user, without privileges', () => {
    const { runAsUser, runAsGroup, runAsNonRoot } = Object(at(pod, 'securityContext'));
    expect(`${runAsUser}:${runAsGroup}`).toBe(user);
    expect(runAsNonRoot).toBe(true);
    expect(at(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('asks for its health where the image has its operator’s port', () => {
    const port = at(container, 'ports', 0);
    expect(at(port, 'containerPort')).toBe(operatorPort);
    for (const [probe, path] of [
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(at(container, probe, 'httpGet')).toEqual({ path, port: at(port, 'name') });
    }
    const variables = [at(container, 'env')].flat();
    expect(variables.map((variable) => [at(variable, 'name'), at(variable, 'value')])).toEqual([
      ['OPS_HOST', '0.0.0.0'],
    ]);
  });
});

test('deploy/fly.toml stops it gently, keeps its data, and lets nobody in', () => {
  const fly = parseToml(read('deploy/fly.toml'));
  expect(fly).toMatchObject({ kill_signal: 'SIGTERM', mounts: { destination: '/data' } });
  expect(seconds(fly.kill_timeout)).toBeGreaterThan(stopsWithin);
  for (const section of ['services', 'http_service']) expect(fly[section]).toBeUndefined();
  expect(fly).toMatchObject({
    env: { OPS_HOST: '0.0.0.0' },
    checks: { alive: { port: operatorPort, path: '/healthz' } },
    metrics: { port: operatorPort, path: '/metrics' },
  });
});

test('deploy/railway.json builds the Dockerfile, and never runs two at once', () => {
  const railway: unknown = JSON.parse(read('deploy/railway.json'));
  expect(existsSync(String(at(railway, 'build', 'dockerfilePath')))).toBe(true);
  expect(at(railway, 'deploy')).toMatchObject({ numReplicas: 1, overlapSeconds: 0, restartPolicyType: 'ALWAYS' });
  expect(at(railway, 'deploy', 'drainingSeconds')).toBeGreaterThan(stopsWithin);
});

describe('on GitHub', () => {
  const workflow = read('.github/workflows/ci.yml');

  test('CI uses actions of one commit, may only read, and knows no secret', () => {
    const uses = [...workflow.matchAll(/uses: (\S+)( # v\d+\.\d+\.\d+)?/g)];
    expect(uses.length).toBeGreaterThan(1);
    for (const [, action, version] of uses) {
      expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
      expect(version).toBeDefined();
    }
    expect(at(parseYaml(workflow), 'permissions')).toEqual({ contents: 'read' });
    expect(workflow).not.toContain('secrets.');
  });

  test('it installs, checks and tests as CONTRIBUTING says, with everything that tests else skip', () => {
    const steps = [at(parseYaml(workflow), 'jobs', 'test', 'steps')].flat().map((step) => at(step, 'run'));
    expect(steps.slice(-3)).toEqual(['npm ci', 'npm run check', 'npm test']);
    const wanted = new Set(read('.ci/run').match(/\bTEST_[A-Z_]+(?==)/g));
    expect(wanted.size).toBeGreaterThan(2);
    expect(new Set(Object.keys(at(parseYaml(workflow), 'jobs', 'test', 'env') ?? {}))).toEqual(wanted);
  });

  test('its databases are those of compose.yaml', () => {
    const compose: unknown = parseYaml(read('compose.yaml'), { merge: true });
    for (const name of ['redis', 'postgres']) {
      const image = at(parseYaml(workflow), 'jobs', 'test', 'services', name, 'image');
      expect(image).toBe(at(compose, 'services', name, 'image'));
    }
  });

  test.each(['bug', 'idea'])('the form %s asks for something, each thing under a name of its own', (name) => {
    const form: unknown = parseYaml(read(`.github/ISSUE_TEMPLATE/${name}.yml`));
    const fields = [at(form, 'body')].flat().filter((field) => at(field, 'type') !== 'markdown');
    expect(at(form, 'name')).toBeTypeOf('string');
    expect(at(form, 'description')).toBeTypeOf('string');
    const ids = fields.map((field) => at(field, 'id'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const field of fields) {
      expect(['input', 'textarea']).toContain(at(field, 'type'));
      expect(at(field, 'attributes', 'label')).toBeTypeOf('string');
    }
    expect(fields.some((field) => at(field, 'validations', 'required') === true)).toBe(true);
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd)
  console.warn('Skipped: there is no systemd-analyze (Debian package systemd), which reads deploy/jupan.service.');

describe.skipIf(!hasSystemd)('deploy/jupan.service', () => {
  const unit = read('deploy/jupan.service');
  let root: string;

  /** A system that has this machine's units, the command `jupan`, and the service. */
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'jupan-unit-'));
    for (const folder of ['usr/lib', 'usr/bin', 'etc/systemd/system'])
      mkdirSync(join(root, folder), { recursive: true });
    cpSync('/lib/systemd', join(root, 'usr/lib/systemd'), { recursive: true, verbatimSymlinks: true });
    symlinkSync('usr/lib', join(root, 'lib'));
    writeFileSync(join(root, 'usr/bin/jupan'), '#!/bin/sh\n');
    chmodSync(join(root, 'usr/bin/jupan'), 0o755);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** What systemd says of a unit; it says nothing of a good one, and ends with 0 even where it ignores a line. */
  function verify(text: string): string {
    writeFileSync(join(root, 'etc/systemd/system/jupan.service'), text);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['--man=no', `--root=${root}`, 'verify', 'jupan.service'], {
      encoding: 'utf8',
    });
    return stdout + stderr;
  }

  test('is understood by systemd in every line', () => {
    expect(verify(unit)).toBe('');
    expect(verify(unit.replace('ProtectClock', 'ProtectClok'))).toContain('ProtectClok');
    expect(verify(unit.replace('ExecStart=jupan', 'ExecStart=jupann'))).toContain('jupann');
  });

  test('gives away less than systemd’s measure calls safe', () => {
    const judge = (path: string) =>
      spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', '--threshold=15', path], {
        encoding: 'utf8',
      });
    const { status, stdout } = judge('deploy/jupan.service');
    expect(stdout).toMatch(/Overall exposure level for jupan\.service: 1\.\d OK/);
    expect(status).toBe(0);
    const loose = join(root, 'loose.service');
    writeFileSync(loose, unit.replace(/^(?:Capability|Private|Protect|Restrict|SystemCall).*\n/gm, ''));
    expect(judge(loose).status).not.toBe(0);
  });

  test('starts a program that there is, and gives it the time to stop', () => {
    const [, name = ''] = /^ExecStart=jupan (\S+)$/m.exec(unit) ?? [];
    expect(Object.keys(commands)).toContain(name);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(stopsWithin);
  });
});
