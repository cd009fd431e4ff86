/**
 * Keeps the commands registered that there are: at the start, and again when what tool servers offer makes other ones of them.
 * Each time replaces all of them at once, for which Discord wants no more than a few requests a minute.
 */
import type { Client } from 'discord.js';
import type { Agent } from '../../agent/agent.ts';
import type { Logger } from '../../log.ts';
import { pause, resolvesWithin } from '../../waiting.ts';
import { registerCommands } from './commands.ts';
import type { ContentCommands } from './content/content-commands.ts';
import { recallContent, rememberContent } from './content/kept-content.ts';

export interface CommandRegistryOptions {
  readonly commands: ContentCommands;
  /** May still be on its way. */
  readonly agent: Promise<Agent>;
  /** Whether people may install the bot for themselves. */
  readonly userInstall: boolean;
  /** False: another process tells Discord, and this one only has to know what they mean. */
  readonly isTelling: boolean;
  readonly log: Logger;
  /** Nothing is registered any more. */
  readonly closed: AbortSignal;
  /** Between a change and the registration that it leads to, at first. Default 1 s; twice as long after each one that comes soon. */
  readonly firstPauseMs?: number;
}

/** Commands are not held back for longer by a store that is away. */
const recallWithinMs = 3_000;
/** A server that changes what it offers without end gets no more than this. */
const longestPauseMs = 600_000;

export class CommandRegistry {
  readonly #options: CommandRegistryOptions;
  #userInstall: boolean;
  /** What Discord has taken last. */
  #registered: string | undefined;

  constructor(options: CommandRegistryOptions) {
    this.#options = options;
    this.#userInstall = options.userInstall;
  }

  /** Resolves once the commands are registered, with those of servers that an earlier process has heard of, or the signal aborts. Never rejects. */
  async open(client: Client<true>, signal: AbortSignal): Promise<void> {
    const { agent, commands, closed } = this.#options;
    const recalled = agent.then(async (each) => {
      const earlier = await recallContent(each);
      commands.update(each.content, earlier);
    });
    await resolvesWithin(recalled, recallWithinMs, signal).catch(() => false); // Without them, then.
    await this.#register(client, AbortSignal.any([signal, closed]));
    void agent.then((each) => this.#follow(client, each)).catch(() => undefined); // Whoever made the agent is told.
  }

  /** Until the bot closes. */
  async #follow(client: Client<true>, agent: Agent): Promise<void> {
    const { content } = agent;
    const { commands, log, closed, firstPauseMs = 1_000 } = this.#options;
    let changed = Promise.withResolvers<void>();
    const stop = () => changed.resolve();
    const end = content.watch(() => changed.resolve());
    closed.addEventListener('abort', stop, { once: true });
    // What was heard before anybody watched.
    if (content.offered.length > 0) changed.resolve();
    let pauseMs = firstPauseMs;
    let lastAt = Number.NEGATIVE_INFINITY;
    while (!closed.aborted) {
      await changed.promise;
      await pause(pauseMs, closed);
      if (closed.aborted) break;
      changed = Promise.withResolvers();
      commands.update(content);
      // First: a process that ends in between must not make the next one take them away.
      await rememberContent(agent, commands.content).catch((error: unknown) =>
        log.warn('offered-content-not-kept', { error }),
      );
      if (!(await this.#register(client, closed))) continue;
      // The quieter it was, the sooner the next one.
      pauseMs = performance.now() - lastAt < longestPauseMs ? Math.min(longestPauseMs, pauseMs * 2) : firstPauseMs;
      lastAt = performance.now();
    }
    end();
    closed.removeEventListener('abort', stop);
  }

  /** @returns whether Discord was told anything. */
  async #register(client: Client<true>, signal: AbortSignal): Promise<boolean> {
    const { commands, isTelling, log } = this.#options;
    const { definitions, prompts } = commands.toDefinitions();
    const wanted = JSON.stringify(definitions);
    if (wanted === this.#registered || !isTelling) {
      commands.noteRegistered(prompts);
      return false;
    }
    commands.noteComing(prompts);
    const options = { userInstall: this.#userInstall, log, signal };
    const all = await registerCommands(client, { ...options, content: definitions });
    // What Discord does not take of a server's must not take the others away.
    const outcome = all ?? (signal.aborted ? undefined : await registerCommands(client, options));
    if (outcome === undefined) return true;
    this.#userInstall = outcome.userInstall;
    this.#registered = wanted;
    commands.noteRegistered(all === undefined ? [] : prompts);
    return true;
  }
}
