/** The real agent and the real store in this process, between a scripted model and tool servers that misbehave. */
import type { Agent } from '../../../src/agent/agent.ts';
import { createAgent } from '../../../src/agent/create-agent.ts';
import type { Form } from '../../../src/agent/form.ts';
import type { AgentLimits } from '../../../src/agent/limits.ts';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import type { Logger } from '../../../src/log.ts';
import type { Answer } from '../../../src/simulator/model/answer.ts';
import type { ChatRequest } from '../../../src/simulator/model/chat-request.ts';
import { type ModelServer, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { takeStored } from '../../support/take-stored.ts';
import { breachesOf, breachesOfRequest, breachesOfShown } from './breaches.ts';
import { type OddToolServer, startOddToolServer, type ToolScript } from './odd-tool-server.ts';
import { goodScript } from './tool-scripts.ts';

/** Short, so that many values can be tried; long enough for a busy machine. */
const limits: Partial<AgentLimits> = {
  warmUpAfterMs: 60_000,
  stepsPerTurn: 5,
  approvalMs: 2_000,
  peopleMs: 4_000,
  modelWaitMs: 300,
  modelRetryMs: 100,
  streamIdleMs: 3_000,
  modelResponseMs: 10_000,
  toolCallMs: 5_000,
  toolCallMaxMs: 10_000,
  toolConnectMs: 10_000,
  turnMs: 30_000,
};

/** Of this program's own doing: none of what comes from outside is an error to the operator. */
const defects = new Set(['turn-save-fail', 'turn-end-not-stored', 'file-not-stored', 'history-summary-failed']);

export interface AgentWorldOptions {
  /** Of the server that misbehaves. Default: nothing is odd. */
  readonly script?: ToolScript;
  /** Beside it. */
  readonly toolServers?: readonly ToolServerConfig[];
  readonly backend?: Backend;
  readonly limits?: Partial<AgentLimits>;
  /** Where the first questions are asked. Default: one where nobody has asked yet. */
  readonly channelId?: string;
}

type Respond = (request: ChatRequest) => Answer;

export class AgentWorld implements AsyncDisposable {
  readonly agent: Agent;
  readonly #model: ModelServer;
  readonly #tools: OddToolServer;
  readonly #breaches: Set<string>;
  readonly #script: { respond: Respond };
  /** What is typed into the fields of a form. */
  fillIn: (form: Form) => Readonly<Record<string, string>> = () => ({});
  #asked = 0;
  #channels = 0;
  #channelId: string;

  private constructor(parts: Parts) {
    this.agent = parts.agent;
    this.#model = parts.model;
    this.#tools = parts.tools;
    this.#breaches = parts.breaches;
    this.#script = parts.script;
    this.#channelId = parts.channelId;
  }

  static async start(options: AgentWorldOptions = {}): Promise<AgentWorld> {
    const { script = goodScript, toolServers = [], backend = openMemory(), channelId = 'channel-0' } = options;
    const answers: Parts['script'] = { respond: () => ({ text: 'fine' }) };
    const breaches = new Set<string>();
    const note = (event: string) => void (defects.has(event) && breaches.add(`it logged ${event}`));
    const log: Logger = { debug: note, info: note, warn: note, error: note };
    const model = await startModelServer({
      respond: (request) => {
        for (const breach of breachesOfRequest(request.body)) breaches.add(breach);
        return answers.respond(request);
      },
    });
    const tools = await startOddToolServer(script);
    const agent = createAgent({
      model: toModelConfig(model.baseUrl),
      toolServers: [{ name: 'odd', url: tools.url, headers: {} }, ...toolServers],
      store: createTurnStore(backend, log, 'jupan'),
      log,
      limits: { ...limits, ...options.limits },
    });
    return new AgentWorld({ agent, model, tools, breaches, script: answers, channelId });
  }

  /** What calls of the server's tools come to from now on. */
  play(script: ToolScript): void {
    this.#tools.play(script);
  }

  /** Asks, lets the model answer so, and holds what comes against everything that must hold. */
  async ask(text: string, respond: Respond): Promise<Turn> {
    this.#script.respond = respond;
    this.#asked += 1;
    const question = {
      id: `fuzz-${this.#asked}`,
      channelId: this.#channelId,
      authorId: 'u1',
      authorName: 'Mina',
      text,
      askedAt: 1_700_000_000_000,
    };
    const turn = await takeStored(this.agent, question);
    if (turn === undefined) throw new Error('The question was taken before.');
    await this.run(turn);
    return turn;
  }

  /** Runs a turn to its end, as a front end does. */
  async run(turn: Turn): Promise<void> {
    const tried = new Set<string>();
    await this.agent.run(turn, {
      signal: new AbortController().signal,
      onChange: (live) => {
        for (const breach of breachesOfShown(turn, live)) this.#breaches.add(breach);
        for (const form of live.forms) {
          if (tried.has(form.id)) continue;
          tried.add(form.id);
          this.#answerForm(turn, form);
        }
      },
    });
    for (const breach of breachesOf(turn)) this.#breaches.add(breach);
    await this.agent.settle(turn);
  }

  #answerForm({ question }: Turn, form: Form): void {
    const outcome = this.agent.answerForm(question.id, form.id, { action: 'accept', values: this.fillIn(form) });
    if (outcome.type === 'invalid') this.agent.answerForm(question.id, form.id, { action: 'decline' });
  }

  expect(isSo: boolean, breach: string): void {
    if (!isSo) this.#breaches.add(breach);
  }

  /** An ordinary question in the same channel is answered as ever. @throws when it is not, or when anything did not hold. */
  async expectWell(): Promise<void> {
    const { end, steps } = await this.ask('hello?', () => ({ text: 'fine' }));
    const isAnswered = end?.type === 'answered' && steps.at(-1)?.text === 'fine';
    this.expect(isAnswered, `an ordinary question then ended as ${JSON.stringify(end)}`);
    for (const problem of this.#model.problems) this.#breaches.add(problem);
    if (this.#breaches.size > 0) throw new Error([...this.#breaches].join('\n'));
    this.#channels += 1;
    this.#channelId = `channel-${this.#channels}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.close();
    await this.#model.close();
    await this.#tools[Symbol.asyncDispose]();
  }
}

interface Parts {
  readonly agent: Agent;
  readonly model: ModelServer;
  readonly tools: OddToolServer;
  readonly breaches: Set<string>;
  readonly script: { respond: Respond };
  readonly channelId: string;
}
