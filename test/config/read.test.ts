import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterAll, describe, expect, test } from 'vitest';
import { loadOperatorFile } from '../../src/config/operator-file.ts';
import { readConfig } from '../../src/config/read.ts';
import type { Environment } from '../../src/config/settings.ts';
import { ConfigError, type SettingProblem } from '../../src/errors.ts';
import { meaningful } from '../../src/settings/layer.ts';

const everything = { discord: true, model: true };
const keys = { DISCORD_TOKEN: 'discord-token', OPENAI_API_KEY: 'sk-model-key' };

const folder = mkdtempSync(join(tmpdir(), 'jupan-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writeJson(content: unknown): string {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function problemsOf(environment: Environment, needs = everything): readonly SettingProblem[] {
  try {
    readConfig(environment, needs);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const variablesOf = (environment: Environment, needs = everything) =>
  problemsOf(environment, needs).map(({ variable }) => variable);

describe('the settings', () => {
  test('have a default each but for the two keys', () => {
    expect(readConfig(keys, everything)).toEqual({
      discord: {
        token: 'discord-token',
        apiUrl: 'https://discord.com/api',
        shards: undefined,
        sharesShards: false,
        requestsPerSecond: 50,
        cdnHosts: ['cdn.discordapp.com', 'media.discordapp.net'],
      },
      listening: { readsContent: false, answerChannelIds: [], ignoreChannelIds: [], recentMessages: 0 },
      model: {
        apiKey: 'sk-model-key',
        baseUrl: undefined,
        name: 'gpt-4o',
        isDefault: true,
        reasoningEffort: undefined,
        temperature: undefined,
        maxOutputTokens: undefined,
        systemPrompt: undefined,
        prices: undefined,
      },
      turn: {
        stepsPerTurn: 10,
        callsPerTurn: 32,
        sameCalls: 2,
        turnMs: 300_000,
        streamIdleMs: 60_000,
        toolTokens: 16_000,
        modelWaitMs: 600_000,
      },
      history: { maxTokens: 24_000, pictures: 0, isSummarised: false, ttlDays: undefined },
      attachments: { most: 8, bytesEach: 10_485_760, bytesInAll: 20_971_520, charactersEach: 20_000 },
      access: { guildIds: [], userIds: [], roleIds: [], userInstall: false },
      approval: { roleIds: [], waitMs: 300_000, serverRoleIds: [], standingMs: 2_592_000_000 },
      review: { channelId: undefined, roleIds: [], userIds: [] },
      budget: {
        rules: [],
        roleIds: [],
        watcherIds: [],
        limits: {
          questionsPerMinute: undefined,
          turnsAtOnce: undefined,
          turnsAtOncePerServer: undefined,
          waitingPerChannel: 200,
        },
      },
      catchUp: { maxAgeMs: 3_600_000, maxQuestions: 200, tooOld: 'ignore' },
      ops: { host: '127.0.0.1', port: undefined },
      callback: {
        publicUrl: undefined,
        host: '127.0.0.1',
        port: 8002,
        clientSecret: undefined,
        authorizeUrl: 'https://discord.com/oauth2/authorize',
      },
      interactions: { host: '127.0.0.1', port: undefined },
      showing: { notices: 'all', formulas: true },
      models: [],
      settings: { defaults: { notices: 'all' }, models: [{ name: 'gpt-4o' }], settable: meaningful },
      calculator: { host: '127.0.0.1', port: 8000 },
      toolServers: [{ name: 'calculator', url: 'http://127.0.0.1:8000/mcp', headers: {}, isOwn: true }],
      storeUrl: 'sqlite://data/jupan.sqlite',
      storeKey: undefined,
      logLevel: 'info',
      secrets: ['discord-token', 'sk-model-key'],
    });
  });

  test('are taken as set', () => {
    const environment = {
      DISCORD_TOKEN: ' Bot abc.def ',
      DISCORD_API_URL: 'http://127.0.0.1:9000/api/',
      OPENAI_API_KEY: 'sk-1',
      OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
      OPENAI_MODEL: 'o4-mini',
      OPENAI_REASONING_EFFORT: 'low',
      OPENAI_TEMPERATURE: '0.5',
      OPENAI_MAX_OUTPUT_TOKENS: '50',
      SYSTEM_PROMPT: 'Be brief.',
      DISCORD_SHARDS: '0-1,3/4',
      OPENAI_PRICES: '2.5/1.25/10',
      TURN_MAX_STEPS: '3',
      TURN_MAX_SECONDS: '60',
      MODEL_WAIT_SECONDS: '0',
      HISTORY_MAX_TOKENS: '1000',
      HISTORY_SUMMARY: 'on',
      HISTORY_TTL_DAYS: '30',
      HISTORY_IMAGES: '3',
      ATTACHMENTS_MAX: '0',
      ATTACHMENT_MAX_BYTES: '1000',
      ATTACHMENTS_MAX_BYTES: '2000',
      ATTACHMENT_MAX_CHARACTERS: '500',
      APPROVAL_ROLES: '123456789012345678, 223456789012345678',
      APPROVAL_SECONDS: '30',
      CATCH_UP_MINUTES: '5',
      CATCH_UP_QUESTIONS: '7',
      CATCH_UP_TOO_OLD: 'note',
      NOTICES: 'folded',
      FORMULAS: 'off',
      STORE_KEY: 'a secret that is long enough',
      MCP_HOST: '::',
      MCP_PORT: '9001',
      STORE_URL: 'memory://',
      LOG_LEVEL: 'DEBUG',
    };
    expect(readConfig(environment, everything)).toMatchObject({
      discord: { token: 'abc.def', apiUrl: 'http://127.0.0.1:9000/api', shards: { ids: [0, 1, 3], count: 4 } },
      model: {
        apiKey: 'sk-1',
        baseUrl: 'http://127.0.0.1:11434/v1',
        name: 'o4-mini',
        reasoningEffort: 'low',
        temperature: 0.5,
        maxOutputTokens: 50,
        systemPrompt: 'Be brief.',
        prices: { input: 2.5, cached: 1.25, output: 10 },
      },
      turn: { stepsPerTurn: 3, turnMs: 60_000, modelWaitMs: 0 },
      history: { maxTokens: 1000, pictures: 3, isSummarised: true, ttlDays: 30 },
      attachments: { most: 0, bytesEach: 1000, bytesInAll: 2000, charactersEach: 500 },
      approval: { roleIds: ['123456789012345678', '223456789012345678'], waitMs: 30_000 },
      catchUp: { maxAgeMs: 300_000, maxQuestions: 7, tooOld: 'note' },
      showing: { notices: 'folded', formulas: false },
      storeKey: 'a secret that is long enough',
      calculator: { host: '::', port: 9001 },
      toolServers: [{ url: 'http://[::1]:9001/mcp' }],
      storeUrl: 'memory://',
      logLevel: 'debug',
    });
  });

  test('count as unset when set to nothing', () => {
    const names = Object.keys(parse(uncommentedExample()));
    const empty = Object.fromEntries(names.map((name) => [name, name in keys ? 'a-key' : ' ']));
    expect(readConfig(empty, everything)).toEqual(
      readConfig({ DISCORD_TOKEN: 'a-key', OPENAI_API_KEY: 'a-key' }, everything),
    );
  });

  test('that are bad are all named at once, each with what it should hold and where to get it', () => {
    const problems = problemsOf({
      DISCORD_API_URL: 'discord.com',
      OPENAI_TEMPERATURE: 'warm',
      OPENAI_MAX_OUTPUT_TOKENS: '0',
      MCP_PORT: '70000',
      MCP_CONFIG: join(folder, 'missing.json'),
      STORE_URL: 'mysql://host',
      LOG_LEVEL: 'loud',
    });
    expect(Object.fromEntries(problems.map(({ variable, advice }) => [variable, advice]))).toEqual({
      DISCORD_TOKEN: expect.stringContaining('https://discord.com/developers/applications'),
      DISCORD_API_URL: expect.stringContaining('http(s)'),
      OPENAI_API_KEY: expect.stringContaining('https://platform.openai.com/api-keys'),
      OPENAI_TEMPERATURE: 'should be a number from 0 to 2.',
      OPENAI_MAX_OUTPUT_TOKENS: 'should be a whole number from 1 to 1000000.',
      MCP_PORT: 'should be a whole number from 1 to 65535.',
      MCP_CONFIG: expect.stringContaining('missing.json cannot be read'),
      STORE_URL: expect.stringContaining('sqlite://PATH'),
      LOG_LEVEL: 'should be one of debug, info, warn, error, silent.',
    });
  });

  test('that are bad are one message with a line each', () => {
    const attempt = () => readConfig({ LOG_LEVEL: 'loud' }, everything);
    expect(attempt).toThrow(
      /^Jupan cannot start: .*\.env\.example.*\n {2}DISCORD_TOKEN: .*\n {2}OPENAI_API_KEY: .*\n {2}LOG_LEVEL: /,
    );
  });

  test('need no key that the program does not use', () => {
    expect(variablesOf({}, { discord: false, model: false })).toEqual([]);
    expect(variablesOf({}, { discord: false, model: true })).toEqual(['OPENAI_API_KEY']);
    expect(variablesOf({}, { discord: true, model: false })).toEqual(['DISCORD_TOKEN']);
  });

  test('need no OpenAI key when the model runs elsewhere', () => {
    const { DISCORD_TOKEN } = keys;
    expect(variablesOf({ DISCORD_TOKEN, OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' })).toEqual([]);
    expect(variablesOf({ DISCORD_TOKEN, OPENAI_BASE_URL: 'https://api.openai.com/v1' })).toEqual(['OPENAI_API_KEY']);
    expect(variablesOf({ DISCORD_TOKEN, OPENAI_BASE_URL: 'elsewhere' })).toEqual(['OPENAI_BASE_URL']);
  });

  test.each([
    ['DISCORD_TOKEN', 'two words'],
    ['DISCORD_TOKEN', 'two\nlines'],
    ['OPENAI_API_KEY', 'sk-…'],
    ['OPENAI_API_KEY', 'sk-1 sk-2'],
    ['OPENAI_BASE_URL', 'localhost:11434'],
    ['OPENAI_TEMPERATURE', '2.1'],
    ['OPENAI_TEMPERATURE', '-1'],
    ['OPENAI_TEMPERATURE', 'NaN'],
    ['OPENAI_MAX_OUTPUT_TOKENS', '1.5'],
    ['OPENAI_MAX_OUTPUT_TOKENS', 'Infinity'],
    ['DISCORD_SHARDS', '0'],
    ['DISCORD_SHARDS', 'auto/4'],
    ['DISCORD_SHARDS', '4/4'],
    ['DISCORD_SHARDS', '3-1/4'],
    ['DISCORD_SHARDS', '0,3-1/4'],
    ['DISCORD_SHARDS', '0-2-5/16'],
    ['DISCORD_SHARDS', '0 1/16'],
    ['DISCORD_SHARDS', '0,/16'],
    ['DISCORD_SHARDS', '0/16/2'],
    ['OPENAI_PRICES', '2.5/10'],
    ['OPENAI_PRICES', '2.5/x/10'],
    ['OPENAI_PRICES', '//'],
    ['OPENAI_PRICES', '2.5/ /10'],
    ['OPENAI_PRICES', '1/1/Infinity'],
    ['OPENAI_PRICES', '1/1/1/1'],
    ['TURN_MAX_STEPS', '0'],
    ['HISTORY_SUMMARY', 'maybe'],
    ['HISTORY_TTL_DAYS', '0'],
    ['APPROVAL_ROLES', 'admins'],
    ['CATCH_UP_TOO_OLD', 'answer'],
    ['STORE_KEY', 'short'],
    ['MCP_PORT', '0'],
    ['MCP_PORT', 'http'],
    ['STORE_URL', 'data/jupan.sqlite'],
    ['STORE_URL', 'sqlite://'],
    ['STORE_URL', 'memory://there'],
    ['STORE_URL', 'redis://host:port'],
  ])('refuse %s=%j', (variable, value) => {
    expect(variablesOf({ ...keys, [variable]: value })).toEqual([variable]);
  });

  test.each([
    ['0/1', [0], 1],
    ['0-2/16', [0, 1, 2], 16],
    [' 3, 0 - 1 / 4 ', [0, 1, 3], 4],
    ['1,1-2/4', [1, 2], 4],
  ])('read DISCORD_SHARDS=%s', (value, ids, count) => {
    expect(readConfig({ ...keys, DISCORD_SHARDS: value }, everything).discord.shards).toEqual({ ids, count });
  });

  test.each(['auto', 'AUTO'])('let equal processes share the shards by DISCORD_SHARDS=%s', (value) => {
    const { shards, sharesShards } = readConfig({ ...keys, DISCORD_SHARDS: value }, everything).discord;
    expect({ shards, sharesShards }).toEqual({ shards: undefined, sharesShards: true });
  });

  test.each([
    'sqlite://a',
    'sqlite:///a/b',
    'redis://h',
    'rediss://u:p@h:1/2',
    'postgres://u:p@h/d',
    'postgresql://h',
    'memory://',
  ])('take STORE_URL=%s', (storeUrl) => {
    expect(readConfig({ ...keys, STORE_URL: storeUrl }, everything).storeUrl).toBe(storeUrl);
  });
});

describe('MCP_CONFIG', () => {
  const serversOf = (content: unknown) =>
    readConfig({ ...keys, MCP_CONFIG: writeJson(content) }, everything).toolServers;

  test('names servers by address and by command, in order', () => {
    const mcpServers = {
      remote: { url: 'https://tools.example/mcp', headers: { Authorization: 'Bearer abc' } },
      plain: { url: 'http://127.0.0.1:1/mcp' },
      local: { command: 'npx', args: ['-y', 'server'], env: { KEY: 'value' } },
      bare: { command: 'server' },
    };
    expect(serversOf({ mcpServers })).toEqual([
      { name: 'remote', url: 'https://tools.example/mcp', headers: { Authorization: 'Bearer abc' } },
      { name: 'plain', url: 'http://127.0.0.1:1/mcp', headers: {} },
      { name: 'local', command: 'npx', args: ['-y', 'server'], env: { KEY: 'value' } },
      { name: 'bare', command: 'server', args: [], env: {} },
    ]);
  });

  test('says how each server may be used, with variables of the environment filled in', () => {
    const mcpServers = {
      remote: {
        url: 'https://tools.example/mcp',
        headers: { Authorization: 'Bearer ${TOOLS_TOKEN}' },
        type: 'sse',
        oauth: { clientId: 'jupan', clientSecret: '${TOOLS_TOKEN}', issuer: 'https://login.example' },
        allow: ['search'],
        deny: ['delete'],
        prefix: 'wiki',
        approval: 'destructive',
        timeoutSeconds: 5,
        maxTimeoutSeconds: 60,
      },
      local: { command: 'server', args: ['${PLACE:-here}'], cwd: '/srv' },
      off: { command: 'server', disabled: true },
    };
    const environment = { ...keys, TOOLS_TOKEN: 'tools-token', MCP_CONFIG: writeJson({ mcpServers }) };
    const { toolServers, secrets } = readConfig(environment, everything);
    expect(toolServers).toEqual([
      {
        name: 'remote',
        url: 'https://tools.example/mcp',
        headers: { Authorization: 'Bearer tools-token' },
        type: 'sse',
        oauth: { clientId: 'jupan', clientSecret: 'tools-token', issuer: 'https://login.example' },
        allow: ['search'],
        deny: ['delete'],
        prefix: 'wiki',
        approval: 'destructive',
        timeoutMs: 5000,
        maxTimeoutMs: 60_000,
      },
      { name: 'local', command: 'server', args: ['here'], env: {}, cwd: '/srv' },
    ]);
    expect(secrets).toContain('tools-token');
  });

  test.each([
    [{ url: 'http://a/mcp', approval: 'sometimes' }, 'needs as "approval" one of never, destructive, always'],
    [{ url: 'http://a/mcp', aproval: 'always' }, 'has a field "aproval". Did you mean "approval"?'],
    [{ url: 'http://a/mcp', dney: ['x'] }, 'has a field "dney". Did you mean "deny"?'],
    [{ url: 'http://a/mcp', allow: 'search' }, 'needs as "allow" a list of tool names'],
    [{ url: 'http://a/mcp', prefix: 'two words' }, 'needs as "prefix" up to 32 letters'],
    [{ url: 'http://a/mcp', timeoutSeconds: '5' }, 'needs as "timeoutSeconds" a number of seconds'],
    [{ url: 'http://a/mcp', oauth: { clientId: 'x' } }, 'needs "clientId" and "clientSecret" in its "oauth"'],
    [{ command: 'server', env: { KEY: '${NOT_SET}' } }, 'names the variable NOT_SET, which is not set'],
  ])('is refused for %j', (entry, reason) => {
    const path = writeJson({ mcpServers: { one: entry } });
    expect(problemsOf({ ...keys, MCP_CONFIG: path })).toEqual([
      { variable: 'MCP_CONFIG', advice: expect.stringContaining(`in the file ${path} the server "one" ${reason}`) },
    ]);
  });

  test.each([
    ['not JSON', '{"mcpServers": secret}', 'is not valid JSON'],
    ['a list', [], 'has no servers'],
    ['no servers in it', { mcpServers: {} }, 'has no servers'],
    ['another key', { servers: { a: { url: 'http://a/mcp' } } }, 'has no servers'],
    ['a list of servers', { mcpServers: [{ url: 'http://a/mcp' }] }, 'has no servers'],
  ])('is refused with its path and the form to use: %s', (_, content, reason) => {
    const path = writeJson(content);
    expect(problemsOf({ ...keys, MCP_CONFIG: path })).toEqual([
      { variable: 'MCP_CONFIG', advice: expect.stringMatching(`the file ${path} ${reason}.*"mcpServers"`) },
    ]);
  });

  test('is refused when it is a folder', () => {
    expect(problemsOf({ ...keys, MCP_CONFIG: folder })).toEqual([
      { variable: 'MCP_CONFIG', advice: expect.stringContaining('cannot be read') },
    ]);
  });

  test('names every server that is of a wrong shape', () => {
    const mcpServers = {
      good: { url: 'http://a/mcp' },
      empty: {},
      text: 'http://a/mcp',
      both: { url: 'ftp://a', command: 'server' },
      header: { url: 'http://a/mcp', headers: { retries: 3 } },
      args: { command: 'server', args: 'one' },
      env: { command: 'server', env: { debug: true } },
      noCommand: { command: '' },
    };
    const advice = problemsOf({ ...keys, MCP_CONFIG: writeJson({ mcpServers }) }).map((problem) => problem.advice);
    const bad = Object.keys(mcpServers).filter((name) => name !== 'good');
    expect(advice).toEqual(bad.map((name) => expect.stringContaining(`the server "${name}" needs either`)));
  });
});

describe('the secrets of the settings', () => {
  const secretsOf = (environment: Environment) => readConfig(environment, { discord: false, model: false }).secrets;

  test('are none when no secret is set', () => {
    expect(secretsOf({})).toEqual([]);
  });

  test('are the keys and what headers, environments and addresses of tool servers hold', () => {
    const mcpServers = {
      remote: {
        url: 'https://user:url%20password@tools.example/mcp?key=in%2Fquery',
        headers: { Authorization: 'Bearer in-header' },
      },
      local: { command: 'server', env: { KEY: 'in-environment' } },
    };
    expect(secretsOf({ ...keys, MCP_CONFIG: writeJson({ mcpServers }) })).toEqual(
      expect.arrayContaining([
        'discord-token',
        'sk-model-key',
        'url%20password',
        'url password',
        'in%2Fquery',
        'in/query',
        'Bearer in-header',
        'in-header',
        'in-environment',
      ]),
    );
  });

  test.each([
    ['postgres://u:p%40ssword@h/d', ['u', 'p%40ssword', 'p@ssword']],
    ['redis://:100%25-sure@h', ['100%25-sure', '100%-sure']],
    ['redis://:100%@h', ['100%']],
    ['postgres://someone@h/d?sslmode=require', ['someone']],
    ['postgres:///d?host=h&user=someone&password=p%40ssword&sslmode=require', ['someone', 'p%40ssword', 'p@ssword']],
    // The names that every such server has tell nothing, and are words of the log.
    ['postgres://postgres@h/postgres', []],
    ['redis://default:p@h', ['p']],
    ['redis://h', []],
    ['sqlite://a', []],
  ])('are the name and password for the store: %s', (storeUrl, secrets) => {
    expect(secretsOf({ STORE_URL: storeUrl })).toEqual(secrets);
  });

  test.each(['OPENAI_BASE_URL', 'DISCORD_API_URL'])(
    'are names, passwords and keys in the address of %s',
    (variable) => {
      const address = 'https://some%20one:p%40ssword@proxy.example/v1?key=in%2Fquery';
      expect(secretsOf({ [variable]: address })).toEqual([
        ...['some%20one', 'some one', 'p%40ssword', 'p@ssword', 'in%2Fquery', 'in/query'],
      ]);
    },
  );

  test('are the key of the store, and what OAuth at a tool server takes', () => {
    const oauth = { clientId: 'jupan', clientSecret: 'client-secret' };
    const path = writeJson({ mcpServers: { one: { url: 'https://name@tools.example/mcp', oauth } } });
    expect(secretsOf({ STORE_KEY: 'a secret that is long enough', MCP_CONFIG: path }).toSorted()).toEqual(
      ['a secret that is long enough', 'client-secret', 'name'].toSorted(),
    );
  });
});

describe('.env.example', () => {
  test('names exactly the variables that are read, in their order, each under a line of comment', async () => {
    const read = new Set<string>();
    const environment = new Proxy<Record<string, string | undefined>>(
      {},
      {
        get(_, name) {
          read.add(String(name));
          return undefined;
        },
      },
    );
    expect(() => readConfig(environment, everything)).toThrow(ConfigError);
    await loadOperatorFile(environment);
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const named = lines.flatMap((line, index) => {
      const name = /^(?:# )?([A-Z_]+)=/.exec(line)?.[1];
      if (name !== undefined) expect(lines[index - 1]).toMatch(/^# .{10,}\.$/);
      return name ?? [];
    });
    expect(new Set(named)).toEqual(read);
    expect(named).toHaveLength(read.size);
  });

  test('stands at the defaults, so that a copy needs the two keys and nothing else', () => {
    const copy = parse(readFileSync('.env.example'));
    expect(copy).toEqual({ DISCORD_TOKEN: '', OPENAI_API_KEY: '' });
    expect(variablesOf(copy)).toEqual(['DISCORD_TOKEN', 'OPENAI_API_KEY']);
    const uncommented = { ...parse(uncommentedExample()), ...keys };
    const { model, ...defaults } = readConfig(keys, everything);
    // A model that is named is not replaced by another.
    expect(readConfig(uncommented, everything)).toEqual({ ...defaults, model: { ...model, isDefault: false } });
  });
});

function uncommentedExample(): string {
  return readFileSync('.env.example', 'utf8').replaceAll(/^# (?=[A-Z_]+=)/gm, '');
}
