import { describe, expect, test } from 'vitest';
import { AppError } from '../src/errors.ts';
import { createLogger, type Logger, type LogLevel, silentLogger } from '../src/log.ts';

function startLog({ level = 'debug', secrets = [] }: { level?: LogLevel; secrets?: readonly string[] } = {}) {
  const written: string[] = [];
  const log = createLogger({ level, secrets, stream: { write: (text) => written.push(text) } });
  return { log, written, lines: () => written.map((text): unknown => JSON.parse(text)) };
}

function sayAll(log: Logger): void {
  log.debug('event-debug');
  log.info('event-info');
  log.warn('event-warn');
  log.error('event-error');
}

describe('the log', () => {
  test('writes one JSON line an event: level, time, fields, name', () => {
    const { log, written, lines } = startLog();
    log.info('turn-end', { turnId: '1', durationMs: 12, nested: { text: 'two\nlines' } });
    log.warn('store-slow');
    expect(written.every((text) => /^[^\n]+\n$/.test(text))).toBe(true);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines()).toEqual([
      { level: 'info', time, turnId: '1', durationMs: 12, nested: { text: 'two\nlines' }, event: 'turn-end' },
      { level: 'warn', time, event: 'store-slow' },
    ]);
  });

  test.each<[LogLevel, string[]]>([
    ['debug', ['event-debug', 'event-info', 'event-warn', 'event-error']],
    ['info', ['event-info', 'event-warn', 'event-error']],
    ['warn', ['event-warn', 'event-error']],
    ['error', ['event-error']],
    ['silent', []],
  ])('at level %s writes that and what is graver', (level, events) => {
    const { log, lines } = startLog({ level });
    sayAll(log);
    expect(lines()).toEqual(events.map((event) => expect.objectContaining({ event })));
  });

  test('that is silent takes everything', () => {
    expect(() => sayAll(silentLogger)).not.toThrow();
  });
});

describe('a secret in the log', () => {
  const secret = 'sk-"qu\\oted"-1';

  test('is struck out wherever it comes from', () => {
    const { log, written } = startLog({ secrets: [secret] });
    log.info(`event ${secret}`);
    log.info('field', { key: secret, nested: { list: [`Bearer ${secret}`] }, [secret]: 1 });
    log.error('error', { error: new AppError(secret, `refused ${secret}`, { cause: new Error(`for ${secret}`) }) });
    expect(written).toHaveLength(3);
    expect(written.join()).not.toMatch(/sk-|oted/);
    expect(written.map((line): unknown => JSON.parse(line))).toMatchObject([
      { event: 'event [secret]' },
      { key: '[secret]', nested: { list: ['Bearer [secret]'] }, '[secret]': 1 },
      { error: { code: '[secret]', message: 'refused [secret]', cause: { message: 'for [secret]' } } },
    ]);
  });

  test('is struck out whole when another secret is a part of it', () => {
    const { log, written } = startLog({ secrets: ['password', 'password-and-more'] });
    log.info('event', { key: 'password-and-more' });
    expect(written[0]).toContain('"key":"[secret]"');
  });

  test('is struck out before a long message is cut', () => {
    const { log, written } = startLog({ secrets: ['cut-in-the-middle'] });
    log.info('event', { error: new Error(`${'x'.repeat(490)}cut-in-the-middle`) });
    expect(written[0]).not.toContain('cut-in');
  });

  test('that is too short to be one is left alone', () => {
    const { log, written } = startLog({ secrets: ['', 'info', 'none'] });
    log.info('event', { answer: 'none' });
    expect(written[0]).toContain('"level":"info"');
    expect(written[0]).toContain('"answer":"none"');
  });
});

describe('an error in the log', () => {
  const loggedOf = (error: unknown): unknown => {
    const { log, lines } = startLog();
    log.error('failed', { error, turnId: '1' });
    return lines()[0];
  };

  test('keeps name, code, status, message and the same of its causes, and no stack', () => {
    class RefusedError extends Error {
      readonly status = 401;
    }
    const cause = new RefusedError('no such key', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    expect(loggedOf(new AppError('model-refused', 'The model refused.', { cause }))).toEqual({
      level: 'error',
      time: expect.any(String),
      turnId: '1',
      event: 'failed',
      error: {
        name: 'AppError',
        code: 'model-refused',
        message: 'The model refused.',
        cause: {
          name: 'RefusedError',
          status: 401,
          message: 'no such key',
          cause: { name: 'Error', code: 'ECONNRESET', message: 'reset' },
        },
      },
    });
  });

  test('leaves out what JSON.parse quotes of the text it could not read', () => {
    let syntaxError: unknown;
    try {
      JSON.parse('a message of a member');
    } catch (error) {
      syntaxError = error;
    }
    const logged = loggedOf(new AppError('model-error', 'The answer is no JSON.', { cause: syntaxError }));
    expect(logged).toMatchObject({ error: { message: 'The answer is no JSON.', cause: { name: 'SyntaxError' } } });
    expect(JSON.stringify(logged)).not.toContain('member');
  });

  test('is cut when it is long, and its causes end', () => {
    const error = new Error('x'.repeat(10_000));
    error.cause = error;
    expect(JSON.stringify(loggedOf(error)).length).toBeLessThan(4000);
  });

  test.each(['text of a member', { text: 'text of a member' }, null, 7])(
    'that is none says only its type: %j',
    (thrown) => {
      const logged = loggedOf(thrown);
      expect(logged).toMatchObject({ error: { name: typeof thrown } });
      expect(JSON.stringify(logged)).not.toContain('member');
    },
  );
});
