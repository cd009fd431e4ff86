/** A playground whose tools ask before they act, ask their asker, and return files: a tool server and a model that calls it by the words of the question. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { startModelServer } from '../../src/simulator/model/model-server.ts';
import { startToolServer, type TestTool } from '../agent/support/tool-server.ts';
import { openPlayground, type RunningPlayground } from './running-playground.ts';

export interface ToolWorld extends AsyncDisposable {
  readonly playground: RunningPlayground;
  /** What the tools were called with, in order. */
  readonly calls: readonly string[];
}

const bookingForm = {
  type: 'object',
  properties: {
    city: { type: 'string', title: 'City', description: 'Where the room should be', minLength: 2, maxLength: 60 },
    nights: { type: 'integer', title: 'Nights', minimum: 1, maximum: 14 },
    room: { type: 'string', title: 'Room', enum: ['s', 'd'], enumNames: ['Single', 'Double'] },
    extras: {
      type: 'array',
      title: 'Extras',
      items: {
        anyOf: [
          { const: 'breakfast', title: 'Breakfast' },
          { const: 'parking', title: 'Parking' },
          { const: 'late', title: 'Late check-out' },
        ],
      },
      default: ['breakfast'],
    },
    wishes: { type: 'string', title: 'Wishes', maxLength: 500 },
  },
  required: ['city', 'nights', 'room'],
};

const toBase64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64');

const tools: readonly TestTool[] = [
  {
    name: 'delete_file',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
    annotations: { destructiveHint: true },
    run: ({ path }) => `deleted ${path}`,
  },
  {
    name: 'book',
    annotations: { readOnlyHint: true },
    run: async (_args, _signal, client) => JSON.stringify(await client.elicit('Which room shall I book?', bookingForm)),
  },
  {
    name: 'draw',
    annotations: { readOnlyHint: true },
    run: () => ({
      content: [
        { type: 'image', data: toBase64(drawPicture(640, 420)), mimeType: 'image/png' },
        { type: 'audio', data: toBase64(makeSound(2)), mimeType: 'audio/wav' },
        toResource('page.html', 'text/html', '<script>window.opener.hacked = true</script>'),
        toResource('chart.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
      ],
    }),
  },
];

/** @throws when the playground cannot be started. */
export async function startToolWorld(): Promise<ToolWorld> {
  await using started = new AsyncDisposableStack();
  const calls: string[] = [];
  const server = started.use(
    await startToolServer({
      hasSessions: true,
      isStreaming: true,
      tools: tools.map((tool) => ({
        ...tool,
        run(args, ...rest) {
          calls.push(`${tool.name}${JSON.stringify(args)}`);
          return tool.run(args, ...rest);
        },
      })),
    }),
  );
  const model = started.use(
    await startModelServer({
      respond({ messages }) {
        const last = messages.at(-1);
        if (last?.role === 'tool') return { text: `Done: ${last.text.split('\n')[0]}` };
        const words = last?.text ?? '';
        const paths = [...words.matchAll(/\w+\.txt/g)].map(([path]) => path);
        if (paths.length > 0) {
          return { toolCalls: paths.map((path) => ({ name: 'delete_file', arguments: { path } })) };
        }
        const tool = tools.find(({ name }) => words.includes(name));
        return tool ? { toolCalls: [{ name: tool.name, arguments: {} }] } : { text: 'Hello!' };
      },
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'jupan-tools-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'mcp.json');
  await writeFile(config, JSON.stringify({ mcpServers: { office: { url: server.url, approval: 'destructive' } } }));
  const playground = started.adopt(
    await openPlayground({ OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: 'gpt-4o', MCP_CONFIG: config }),
    (running) => running.stop().then(() => {}),
  );
  const closing = started.move();
  return { playground, calls, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

function toResource(name: string, mimeType: string, text: string) {
  return { type: 'resource' as const, resource: { uri: `file:///${name}`, mimeType, blob: toBase64(text) } };
}

/** A PNG with bars on a gradient. */
function drawPicture(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits each of red, green and blue.
  header.set([8, 2], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isBar = x % 80 > 20 && y > height - 60 - Math.floor(x / 80) * 40;
      rows.set(isBar ? [88, 101, 242] : [240 - (y >> 3), 244, 250], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const parts = [toChunk('IHDR', header), toChunk('IDAT', deflateSync(rows)), toChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

function toChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** A WAV of a low tone, 8 bits a sample. */
function makeSound(seconds: number): Buffer {
  const rate = 8000;
  const sound = Buffer.alloc(44 + rate * seconds);
  sound.write('RIFF', 0, 'latin1');
  sound.writeUInt32LE(sound.length - 8, 4);
  sound.write('WAVEfmt ', 8, 'latin1');
  sound.writeUInt32LE(16, 16);
  sound.writeUInt16LE(1, 20);
  sound.writeUInt16LE(1, 22);
  sound.writeUInt32LE(rate, 24);
  sound.writeUInt32LE(rate, 28);
  sound.writeUInt16LE(1, 32);
  sound.writeUInt16LE(8, 34);
  sound.write('data', 36, 'latin1');
  sound.writeUInt32LE(rate * seconds, 40);
  for (let at = 44; at < sound.length; at += 1)
    sound[at] = 128 + Math.round(60 * Math.sin(((at - 44) * 440 * 2 * Math.PI) / rate));
  return sound;
}
