/** Questions and answers in turn, until there is nothing more to ask. Knows the agent and a terminal, not how either is made. */
import { randomUUID } from 'node:crypto';
import { type Agent, type LiveState, nothingLive, runToEnd, type StopReason } from '../agent/agent.ts';
import type { ModelNotice } from '../agent/model/notice.ts';
import type { Turn } from '../agent/turn.ts';
import { pause } from '../waiting.ts';
import { type Catalogue, catalogues, type Language } from './catalogue.ts';
import { isClaimedByAnother, ownClaim } from './claim.ts';
import { GrowingText } from './growing-text.ts';
import { Inquiry } from './inquiry.ts';
import { SavedFiles } from './saved-files.ts';
import type { Terminal } from './terminal.ts';
import { toQuestionLine, toTranscript } from './transcript.ts';

/** The terminal has one history. */
const channelId = 'terminal';
const leaveWords = new Set(['exit', 'quit', '종료']);
/** How long an answer may go on when the program is told to stop. */
const graceMs = 4_000;

export interface ConversationOptions {
  readonly agent: Agent;
  readonly language: Language;
  /** Aborted when the program is to stop: a running answer gets a few seconds, then it is left for the next start. */
  readonly signal: AbortSignal;
}

export class Conversation {
  readonly #agent: Agent;
  readonly #language: Language;
  readonly #words: Catalogue;
  readonly #signal: AbortSignal;
  readonly #files = new SavedFiles();
  /** What is to be said after the answer that is being written. */
  readonly #untold: string[] = [];
  /** Stops what is being done. Undefined: the person is asked. */
  #running: AbortController | undefined;
  /** Ctrl-C was pressed, and nothing was asked since. */
  #isLeaving = false;

  constructor({ agent, language, signal }: ConversationOptions) {
    this.#agent = agent;
    this.#language = language;
    this.#words = catalogues[language];
    this.#signal = signal;
  }

  /** Resolves when the terminal has no more lines, a line says to leave, or the signal is aborted. */
  async run(terminal: Terminal): Promise<void> {
    await this.#finishUnfinished(terminal);
    while (!this.#signal.aborted) {
      const line = (await terminal.readLine())?.trim();
      this.#isLeaving = false;
      if (line === undefined || leaveWords.has(line.toLowerCase())) return;
      if (line === '') continue;
      if (!terminal.isInteractive) terminal.write(toQuestionLine(line, this.#language));
      await this.#work(terminal, (stop) => this.#ask(line, terminal, stop));
    }
  }

  /** Ctrl-C: stops the answer; with none running, the second one in a row leaves. */
  interrupt(terminal: Terminal): void {
    if (this.#running !== undefined) {
      terminal.dropLines();
      this.#running.abort('stop' satisfies StopReason);
    } else if (this.#isLeaving) {
      terminal.end();
    } else {
      this.#isLeaving = true;
      terminal.interject(this.#words.leaveHint);
    }
  }

  /** Says what the person should know of the model: now, or after the answer that is being written. */
  tell(notice: ModelNotice, terminal: Terminal): void {
    const line = `[${this.#words.labels.notice}] ${toNoticeText(notice, this.#words)}`;
    if (this.#running === undefined) terminal.interject(line);
    else this.#untold.push(line);
  }

  /** What a terminal before this one did not come to show. */
  async #finishUnfinished(terminal: Terminal): Promise<void> {
    const turns: Turn[] = [];
    await this.#work(terminal, async () => void turns.push(...(await this.#agent.unfinished())));
    for (const turn of turns) {
      if (this.#signal.aborted) return;
      if (turn.question.channelId !== channelId || isClaimedByAnother(turn)) continue;
      terminal.write(toQuestionLine(turn.question.text, this.#language));
      await this.#work(terminal, (stop) => this.#answer(turn, terminal, stop));
    }
  }

  /** Does what can be interrupted, and ends it some time after the program was told to stop. */
  async #work(terminal: Terminal, task: (stop: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const done = new AbortController();
    const suspendLater = async () => {
      await pause(graceMs, done.signal);
      stop.abort('suspend' satisfies StopReason);
    };
    this.#running = stop;
    this.#signal.addEventListener('abort', suspendLater, { once: true, signal: done.signal });
    try {
      await task(stop.signal);
    } catch {
      // A turn ends its own failures in its record: what is thrown is the store's.
      terminal.write(`[${this.#words.labels.notice}] ${this.#words.failures['store-failed']}\n\n`);
    } finally {
      done.abort();
      this.#running = undefined;
      for (const line of this.#untold.splice(0)) terminal.write(`${line}\n\n`);
    }
  }

  async #ask(text: string, terminal: Terminal, stop: AbortSignal): Promise<void> {
    const question = {
      id: `${channelId}-${randomUUID()}`,
      channelId,
      authorId: channelId,
      authorName: this.#words.labels.user.replace(/^\S+ /, ''),
      text,
      askedAt: Date.now(),
    };
    const written = new GrowingText(terminal.write);
    const show = () => written.show(toTranscript(taken.turn, { language: this.#language }));
    const taken = this.#agent.take(question, ownClaim, { signal: stop, onChange: show });
    if ((await taken.stored) === 'stored') return this.#answer(taken.turn, terminal, stop, written);
    show();
    terminal.write('\n');
  }

  async #answer(
    turn: Turn,
    terminal: Terminal,
    stop: AbortSignal,
    written = new GrowingText(terminal.write),
  ): Promise<void> {
    const inquiry = new Inquiry({ agent: this.#agent, terminal, language: this.#language });
    const show = (live: LiveState) => {
      written.show(toTranscript(turn, { language: this.#language, draft: live.draft }));
      inquiry.look(turn, live);
    };
    await runToEnd(this.#agent, turn, { signal: stop, onChange: show });
    await inquiry.close();
    show(nothingLive);
    await this.#saveFiles(turn, terminal);
    terminal.write('\n');
    if (turn.end !== undefined) await this.#agent.settle(turn);
  }

  async #saveFiles(turn: Turn, terminal: Terminal): Promise<void> {
    for (const file of turn.steps.flatMap(({ results }) => results.flatMap(({ files = [] }) => files))) {
      const data = await this.#agent.readFile(file);
      const { labels } = this.#words;
      if (data !== undefined) terminal.write(`[${labels.file}] ${await this.#files.save(file, data)}\n`);
    }
  }
}

function toNoticeText(notice: ModelNotice, { modelUnknown, modelReplaced, modelRetires }: Catalogue): string {
  if (notice.type === 'model-unknown') return modelUnknown(notice.model);
  if (notice.type === 'model-replaced') return modelReplaced(notice.model, notice.by);
  return modelRetires(notice.model, notice.date, notice.instead ?? 'OPENAI_MODEL');
}
