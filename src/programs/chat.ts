/** `npm run chat`: the agent in a terminal. Reads the settings, opens agent and terminal, and leaves when told to. */
import { connect } from 'node:net';
import type { Agent } from '../agent/agent.ts';
import { toAgentOptions } from '../agent/agent-options.ts';
import { createAgent } from '../agent/create-agent.ts';
import type { ModelNotice } from '../agent/model/notice.ts';
import { openTurnStore } from '../agent/store/open.ts';
import { catalogues, toLanguage } from '../chat/catalogue.ts';
import { Conversation } from '../chat/conversation.ts';
import { openTerminal } from '../chat/terminal.ts';
import { calculatorUrl } from '../config/calculator.ts';
import { loadOperatorFile } from '../config/operator-file.ts';
import { loadEnvironment, readConfig } from '../config/read.ts';
import type { Config } from '../config/types.ts';
import { ConfigError } from '../errors.ts';
import { createLogger, silentLogger } from '../log.ts';

/** Records of its own: the bot must not try to show the terminal's turns on Discord. */
const namespace = 'jupan_terminal';
const setting = 'One person talks to you in a terminal, which shows plain text.';
const historyKey = 'typed-lines';
const longestHistory = 200;
/** A program that was told to stop is gone after this time, whatever still hangs. */
const stopWithinMs = 8_000;

try {
  await main();
  setTimeout(() => process.exit(), 1_000).unref();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const environment = loadEnvironment();
  const config = readConfig(environment, { model: true }, await loadOperatorFile(environment));
  const language = toLanguage(environment);
  const { labels, welcome, noCalculator } = catalogues[language];
  const stop = new AbortController();
  const noticed = Promise.withResolvers<ModelNotice>();
  const agent = await openAgent(config, noticed.resolve);
  try {
    const conversation = new Conversation({ agent, language, signal: stop.signal });
    using terminal = openTerminal({
      input: process.stdin,
      output: process.stdout,
      prompt: `[${labels.user}] `,
      history: await recallHistory(agent),
      onInterrupt: () => conversation.interrupt(terminal),
      onHistory: (lines) => void rememberHistory(agent, lines),
    });
    void noticed.promise.then((notice) => conversation.tell(notice, terminal));
    const leave = () => {
      if (stop.signal.aborted) return;
      stop.abort();
      terminal.end();
      setTimeout(() => process.exit(0), stopWithinMs).unref();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, leave);
    // The reader of a pipe went away, or the terminal closed: nobody is left to write to.
    process.stdout.on('error', leave);
    if (terminal.isInteractive) terminal.write(`${welcome}\n\n`);
    const url = calculatorUrl(config.calculator);
    const isOurs = config.toolServers.some((server) => 'url' in server && server.url === url);
    if (isOurs && !(await isListening(url))) terminal.write(`[${labels.notice}] ${noCalculator(url)}\n\n`);
    await conversation.run(terminal);
  } finally {
    await agent.close();
  }
}

/** Log lines would stand between questions and answers: only `LOG_LEVEL=debug` shows them, on standard error. */
async function openAgent(config: Config, onModelNotice: (notice: ModelNotice) => void): Promise<Agent> {
  const log =
    config.logLevel === 'debug'
      ? createLogger({ level: 'debug', secrets: config.secrets, stream: process.stderr })
      : silentLogger;
  const store = await openTurnStore(config.storeUrl, {
    log,
    namespace,
    storeKey: config.storeKey,
    ttlDays: config.history.ttlDays,
  });
  return createAgent({ ...toAgentOptions(config), setting, store, log, onModelNotice });
}

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: 1_000 });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true));
  socket.once('timeout', () => resolve(false));
  socket.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

async function recallHistory(agent: Agent): Promise<string[]> {
  // As below: a comfort.
  const stored = await agent.recall(historyKey).catch(() => undefined);
  return Array.isArray(stored) ? stored.filter((line) => typeof line === 'string') : [];
}

async function rememberHistory(agent: Agent, lines: readonly string[]): Promise<void> {
  // A comfort that is not worth a word when the store fails: the next question will say so.
  await agent.remember(historyKey, lines.slice(0, longestHistory)).catch(() => undefined);
}
