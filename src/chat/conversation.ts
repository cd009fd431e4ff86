/** Questions and answers in turn, until there is nothing more to ask. Knows the agent and a terminal, not how either is made. */
import { randomUUID } from 'node:crypto';
import { type Agent, type LiveState, nothingLive, type StopReason } from '../agent/agent.ts';
import type { ModelNotice } from '../agent/model/notice.ts';
import type { Turn } from '../agent/turn.ts';
import { catalogues, type Language } from './catalogue.ts';
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

export interface Conversation {
  /** Resolves when the terminal has no more lines, a line says to leave, or the signal is aborted. */
  hold(terminal: Terminal): Promise<void>;
  /** Ctrl-C: stops the answer; with none running, the second one in a row leaves. */
  interrupt(terminal: Terminal): void;
  /** Says what the person should know of the model: now, or after the answer that is being written. */
  tell(notice: ModelNotice, terminal: Terminal): void;
}

export function createConversation({ agent, language, signal }: ConversationOptions): Conversation {
  const { labels, leaveHint, failures, modelUnknown, modelRetires } = catalogues[language];
  const untold: string[] = [];
  const files = new SavedFiles();
  let running: AbortController | undefined;
  let isLeaving = false;

  /** Does what can be interrupted: from taking a question until its answer stands. */
  async function work(terminal: Terminal, task: (stop: AbortController) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const onStop = () => {
      grace = setTimeout(() => stop.abort('suspend' satisfies StopReason), graceMs);
    };
    running = stop;
    signal.addEventListener('abort', onStop, { once: true });
    try {
      await task(stop);
    } catch {
      // A turn ends its own failures in its record: what is thrown is the store's.
      terminal.write(`[${labels.notice}] ${failures['store-failed']}\n\n`);
    } finally {
      running = undefined;
      for (const line of untold.splice(0)) terminal.write(`${line}\n\n`);
      clearTimeout(grace);
      signal.removeEventListener('abort', onStop);
    }
  }

  async function answer(
    turn: Turn,
    terminal: Terminal,
    stop: AbortController,
    written = new GrowingText(terminal.write),
  ): Promise<void> {
    const inquiry = new Inquiry({ agent, terminal, language });
    const show = (live: LiveState) => {
      written.show(toTranscript(turn, { language, draft: live.draft }));
      inquiry.look(turn, live);
    };
    await agent.run(turn, { signal: stop.signal, onChange: show });
    await inquiry.close();
    show(nothingLive);
    await saveFiles(turn, terminal);
    terminal.write('\n');
    if (turn.end !== undefined) await agent.settle(turn);
  }

  async function saveFiles(turn: Turn, terminal: Terminal): Promise<void> {
    for (const file of turn.steps.flatMap(({ results }) => results.flatMap(({ files = [] }) => files))) {
      const data = await agent.readFile(file);
      if (data !== undefined) terminal.write(`[${labels.file}] ${await files.save(file, data)}\n`);
    }
  }

  async function ask(text: string, terminal: Terminal, stop: AbortController): Promise<void> {
    const question = {
      id: `${channelId}-${randomUUID()}`,
      channelId,
      authorId: channelId,
      authorName: labels.user.replace(/^\S+ /, ''),
      text,
      askedAt: Date.now(),
    };
    const written = new GrowingText(terminal.write);
    const show = () => written.show(toTranscript(taken.turn, { language, draft: undefined }));
    // The process id tells a later start whether this one still works on it.
    const delivery = { processId: process.pid };
    const taken = agent.take(question, delivery, { signal: stop.signal, onChange: show });
    if ((await taken.stored) === 'stored') return answer(taken.turn, terminal, stop, written);
    show();
    terminal.write('\n');
  }

  async function hold(terminal: Terminal): Promise<void> {
    for (const turn of await agent.unfinished()) {
      if (signal.aborted) return;
      if (turn.question.channelId !== channelId || isTakenByAnother(turn)) continue;
      terminal.write(toQuestionLine(turn.question.text, language));
      await work(terminal, (stop) => answer(turn, terminal, stop));
    }
    while (!signal.aborted) {
      const line = (await terminal.readLine())?.trim();
      isLeaving = false;
      if (line === undefined || leaveWords.has(line.toLowerCase())) return;
      if (line === '') continue;
      if (!terminal.isInteractive) terminal.write(toQuestionLine(line, language));
      await work(terminal, (stop) => ask(line, terminal, stop));
    }
  }

  return {
    hold,
    tell: (notice, terminal) => {
      const text =
        notice.type === 'model-unknown'
          ? modelUnknown(notice.model)
          : modelRetires(notice.model, notice.date, notice.instead ?? 'OPENAI_MODEL');
      const line = `[${labels.notice}] ${text}`;
      if (running === undefined) terminal.interject(line);
      else untold.push(line);
    },
    interrupt: (terminal) => {
      if (running !== undefined) {
        terminal.dropLines();
        running.abort('stop' satisfies StopReason);
      } else if (isLeaving) {
        terminal.end();
      } else {
        isLeaving = true;
        terminal.interject(leaveHint);
      }
    },
  };
}

/** Whether another terminal that is still open works on the turn. */
function isTakenByAnother({ delivery }: Turn): boolean {
  const processId =
    typeof delivery === 'object' && delivery !== null && 'processId' in delivery ? delivery.processId : undefined;
  if (typeof processId !== 'number' || processId === process.pid) return false;
  try {
    return process.kill(processId, 0);
  } catch {
    // No such process: its work is free to take.
    return false;
  }
}
