/**
 * What a long conversation costs: 200 turns with tool calls through the real agent, its requests counted as the provider
 * counts them, beside the same conversation with everything sent every time, and with a window of the newest messages.
 * Nobody is asked: the model is scripted, and the cache is OpenAI's published rule applied to the requests.
 */

import { createAgent } from '../src/agent/create-agent.ts';
import { toMessages } from '../src/agent/history/prompt.ts';
import { type CountTokens, loadTokenCounter, tokenCounter } from '../src/agent/history/token-count.ts';
import type { ChatMessage } from '../src/agent/model/messages.ts';
import { costOf, pricesOf } from '../src/agent/model/prices.ts';
import { openTurnStore } from '../src/agent/store/open.ts';
import type { Turn } from '../src/agent/turn.ts';
import { silentLogger } from '../src/log.ts';
import type { Completion } from '../src/simulator/model/answer.ts';
import type { ChatRequest } from '../src/simulator/model/chat-request.ts';
import { startModelServer } from '../src/simulator/model/model-server.ts';
import { addTool, startToolServer } from '../test/agent/support/tool-server.ts';
import { toModelConfig } from '../test/support/model-config.ts';
import { takeStored } from '../test/support/take-stored.ts';
import type { Row } from './statistics.ts';

const turnCount = 200;
/** The least that OpenAI's cache serves, and in which steps. */
const leastCached = 1024;
const cachedStep = 128;

export const historyHead: Row = [
  `a conversation of ${turnCount} turns`,
  'prompt tokens',
  'from the cache',
  'cost (gpt-4o)',
  'cost (gpt-6-luna)',
  'messages remembered, mean',
];

/** A request as the pieces whose equality the cache depends on, the tools first. */
interface Prompt {
  readonly pieces: readonly string[];
  readonly remembered: number;
}

/** The messages of one request before the turn's own, by those of the turns that ended. */
type Memory = (ended: readonly ChatMessage[][]) => readonly ChatMessage[];

export async function measureHistory(): Promise<Row[]> {
  await loadTokenCounter();
  const count = tokenCounter();
  if (count === undefined) throw new Error('The tokenizer is loaded.');
  const { requests, turns } = await converse();
  const tokensOf = memoize(count);
  const jupan = requests.map(({ messages, tools }) => toPrompt(tools, messages, ownOf(messages).length + 1));
  const outputs = turns.flatMap(({ steps }) => steps.map((step) => tokensOf(step.text + JSON.stringify(step.calls))));
  const output = outputs.reduce((sum, tokens) => sum + tokens, 0);
  const mean = Math.round(jupan.reduce((sum, { remembered }) => sum + remembered, 0) / jupan.length);
  const most = Math.max(...jupan.map(({ remembered }) => remembered));
  const others: [string, Memory][] = [
    ['everything, always', (ended) => ended.flat()],
    ['the last 20 messages', lastMessages(20)],
    [`the last ${most} messages: as many as Jupan at most`, lastMessages(most)],
    [`the last ${mean} messages: as many as Jupan on average`, lastMessages(mean)],
  ];
  return [
    ...others.map(([name, memory]) => toRow(name, withMemory(requests, turns, memory), output, tokensOf)),
    toRow('Jupan', jupan, output, tokensOf),
  ];
}

interface SentRequest {
  readonly turn: number;
  readonly tools: unknown;
  readonly messages: readonly ChatMessage[];
}

async function converse(): Promise<{ requests: SentRequest[]; turns: Turn[] }> {
  const lookUp = { ...addTool, name: 'look_up', description: 'Looks a thing up.', run: () => page };
  await using tools = await startToolServer({ tools: [addTool, lookUp] });
  await using model = await startModelServer({ respond });
  const agent = createAgent({
    model: toModelConfig(model.baseUrl),
    toolServers: [{ name: 'tools', url: tools.url, headers: {} }],
    store: await openTurnStore('memory://', { log: silentLogger }),
    log: silentLogger,
  });
  const turns: Turn[] = [];
  const requests: SentRequest[] = [];
  for (let number = 0; number < turnCount; number += 1) {
    const question = {
      id: `turn-${number}`,
      channelId: 'bench',
      authorId: `member-${number % 5}`,
      authorName: ['Mina', 'Jun', 'Sora', 'Alex', '하늘'][number % 5] ?? 'Mina',
      text: toQuestion(number),
      askedAt: number,
    };
    const before = model.requests.length;
    const turn = await takeStored(agent, question, null);
    if (turn === undefined) throw new Error('The question was taken before.');
    await agent.run(turn, { signal: new AbortController().signal, onChange: () => {} });
    if (turn.end?.type !== 'answered') throw new Error(`Turn ${number} got no answer.`);
    turns.push(turn);
    for (const { body } of model.requests.slice(before))
      requests.push({ turn: number, tools: body.tools, messages: body.messages as ChatMessage[] });
  }
  await agent.close();
  model.assertComplete();
  return { requests, turns };
}

/** About as much as people write: two thirds of the questions need a tool, every tenth a long page. */
function toQuestion(number: number): string {
  if (number % 10 === 9) return `please look up what the budget for project ${number} says`;
  if (number % 3 === 2) return `what do you think of idea ${number}? we could also do it the other way round`;
  return `what is ${number * 1_234} + ${number * 77}? I need it for the list of week ${number % 52}`;
}

function respond({ messages }: ChatRequest): Completion {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: `That makes ${last.text.slice(0, 30)}. ${talk.slice(0, 200)}` };
  const numbers = last?.text.match(/\d+/g)?.map(Number) ?? [];
  if (last?.text.includes('look up') === true)
    return { toolCalls: [{ name: 'look_up', arguments: { a: numbers[0] ?? 0, b: 0 } }] };
  if (last?.text.includes('what is') === true)
    return { toolCalls: [{ name: 'add', arguments: { a: numbers[0] ?? 0, b: numbers[1] ?? 0 } }] };
  return { text: `About idea ${numbers[0]}: ${talk}` };
}

const talk =
  'There are two sides to it. Doing it now is simple, costs little and can be undone; waiting lets everybody see the ' +
  'numbers of this month first. I would start small, with one team, write down what is measured before and after, and ' +
  'decide at the end of the week. If nobody objects, the list above is enough to begin with. 필요하면 표로 정리해 드릴게요.';
const page = Array.from(
  { length: 60 },
  (_, line) => `Line ${line}: ${line * 37} units at ${line * 3}.50 each, paid.`,
).join('\n');

function lastMessages(most: number): Memory {
  return (ended) => {
    const window = ended.flat().slice(-most);
    // Results without their call would be refused.
    const first = window.findIndex(({ role }) => role !== 'tool');
    return window.slice(Math.max(0, first));
  };
}

function withMemory(requests: readonly SentRequest[], turns: readonly Turn[], memory: Memory): Prompt[] {
  const ended = turns.map((turn) => toMessages(turn));
  return requests.map(({ turn, tools, messages }) => {
    const own = ownOf(messages);
    return toPrompt(tools, [...messages.slice(0, 1), ...memory(ended.slice(0, turn)), ...own], own.length + 1);
  });
}

/** The messages of the turn that the request belongs to. */
function ownOf(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'user'));
}

function toPrompt(tools: unknown, messages: readonly ChatMessage[], others: number): Prompt {
  const pieces = [tools, ...messages].map((piece) => JSON.stringify(piece));
  return { pieces, remembered: messages.length - others };
}

function toRow(name: string, prompts: readonly Prompt[], outputTokens: number, tokensOf: CountTokens): Row {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const promptTokens = sum(prompts.map(({ pieces }) => sum(pieces.map(tokensOf))));
  const cachedTokens = sum(
    prompts.map(({ pieces }, place) => {
      const before = prompts[place - 1]?.pieces ?? [];
      const firstOther = pieces.findIndex((piece, index) => piece !== before[index]);
      const same = sum(pieces.slice(0, firstOther === -1 ? pieces.length : firstOther).map(tokensOf));
      return same < leastCached ? 0 : same - (same % cachedStep);
    }),
  );
  const remembered = sum(prompts.map((prompt) => prompt.remembered)) / prompts.length;
  return [
    name,
    promptTokens.toLocaleString('en'),
    `${((100 * cachedTokens) / promptTokens).toFixed(1)} %`,
    ...['gpt-4o', 'gpt-6-luna'].map((model) => {
      const prices = pricesOf({ name: model, prices: undefined });
      if (prices === undefined) throw new Error(`The price of ${model} is known.`);
      return `$${costOf({ promptTokens, cachedTokens, outputTokens }, prices).toFixed(2)}`;
    }),
    remembered.toFixed(0),
  ];
}

function memoize(count: CountTokens): CountTokens {
  const known = new Map<string, number>();
  return (text) => {
    const tokens = known.get(text) ?? count(text);
    known.set(text, tokens);
    return tokens;
  };
}
