/** Where tool servers may be that an operator has not named: decided by the address that is connected to, whatever it is called. */
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createCheckedFetch, type LookUpAll } from '../../../src/agent/tools/reach/checked-fetch.ts';
import { isPublicAddress } from '../../../src/agent/tools/reach/public-address.ts';
import { problemWithAddress, ReachError } from '../../../src/agent/tools/reach/reach.ts';
import type { ReachConfig } from '../../../src/config/tool-servers.ts';

const anywhere: ReachConfig = { hosts: ['*'], allowsPrivate: false };

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '2606:4700::1%eth0',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not on the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.167.0.1', '223.255.255.255', '2606:4700::1111'])(
    '%s is',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ['https://127.0.0.1/mcp', 'private'],
    ['https://2130706433/mcp', 'private'],
    ['https://0x7f.1/mcp', 'private'],
    ['https://0177.0.0.1/mcp', 'private'],
    ['https://[::1]/mcp', 'private'],
    ['https://[::ffff:10.0.0.1]/mcp', 'private'],
    ['http://mcp.example.org/mcp', 'https'],
    ['ftp://mcp.example.org/mcp', 'https'],
    ['https://mcp.example.org/mcp', undefined],
  ] as const)('%s before its name is looked up: %s', (address, problem) => {
    expect(problemWithAddress(new URL(address), anywhere)).toBe(problem);
  });

  test.each([
    ['https://mcp.example.org/', undefined],
    ['https://MCP.example.org./', undefined],
    ['https://a.tools.example/', undefined],
    ['https://a.b.tools.example/', undefined],
    ['https://tools.example/', 'host'],
    ['https://eviltools.example/', 'host'],
    ['https://mcp.example.org.evil.example/', 'host'],
    ['https://evil.example/mcp.example.org', 'host'],
  ] as const)('%s against the list of hosts: %s', (address, problem) => {
    const hosts = ['mcp.example.org', '*.tools.example'];
    expect(problemWithAddress(new URL(address), { hosts, allowsPrivate: false })).toBe(problem);
  });
});

describe('a request', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host}${request.url}`);
    if (request.url === '/away') response.writeHead(307, { location: '/there' }).end();
    else response.end('here');
  });
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = Number(Object(server.address()).port);
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function naming(...answers: readonly (readonly string[])[]): LookUpAll {
    const left = [...answers];
    return (_, callback) => {
      const addresses = (left.length > 1 ? left.shift() : left[0]) ?? [];
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
  }

  async function refusalOf(request: Promise<Response>): Promise<unknown> {
    const error: unknown = await request.then(
      () => 'answered',
      (reason: unknown) => reason,
    );
    return error instanceof ReachError ? error.problem : error;
  }

  test.each([['127.0.0.1'], ['169.254.169.254'], ['::1'], ['::ffff:127.0.0.1'], ['10.0.0.1', '8.8.8.8']])(
    'to a name that stands for %s is not made',
    async (...addresses) => {
      const fetch = createCheckedFetch(anywhere, naming(addresses));
      expect(await refusalOf(fetch(`https://mcp.example.org:${port}/`))).toBe('private');
      expect(asked).toEqual([]);
    },
  );

  test('to this machine by its own name is not made', async () => {
    expect(await refusalOf(createCheckedFetch(anywhere)(`https://localhost:${port}/`))).toBe('private');
    expect(asked).toEqual([]);
  });

  test('is looked up once, where it connects: a name that means something else the next time leads nowhere', async () => {
    // Public first, as whoever checks beforehand would see it; private when the connection is made.
    const lookUps: string[] = [];
    const rebinding: LookUpAll = (hostname, callback) => {
      lookUps.push(hostname);
      naming([lookUps.length === 1 ? '127.0.0.1' : '8.8.8.8'])(hostname, callback);
    };
    expect(await refusalOf(createCheckedFetch(anywhere, rebinding)(`https://mcp.example.org:${port}/`))).toBe(
      'private',
    );
    expect(lookUps).toEqual(['mcp.example.org']);
  });

  test('that is sent on to another address goes no further', async () => {
    const fetch = createCheckedFetch({ hosts: ['*'], allowsPrivate: true }, naming(['127.0.0.1']));
    const sent = { method: 'POST', body: '{}', headers: { 'x-key': 'secret' } };
    expect(await refusalOf(fetch(`http://mcp.example.org:${port}/away`, sent))).toBe('redirect');
    expect(asked.splice(0)).toEqual([`POST mcp.example.org:${port}/away`]);
  });

  test('to where the operator allows is made, with what it carries', async () => {
    const fetch = createCheckedFetch({ hosts: ['mcp.example.org'], allowsPrivate: true }, naming(['127.0.0.1']));
    const response = await fetch(new URL(`http://mcp.example.org:${port}/mcp`), { method: 'POST', body: '{}' });
    expect(await response.text()).toBe('here');
    expect(asked.splice(0)).toEqual([`POST mcp.example.org:${port}/mcp`]);
    expect(await refusalOf(fetch(`http://127.0.0.1:${port}/`))).toBe('host');
  });
});
