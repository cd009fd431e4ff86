/** The doctor's sentences in English. */

import { commandFor } from '../started-as.ts';
import type { Words } from './words.ts';

const counted = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

export const en: Words = {
  title: 'Jupan doctor',
  names: {
    settings: 'Settings',
    token: 'Token',
    intents: 'Intents',
    commands: 'Commands',
    interactions: 'Interactions',
    permissions: 'Permissions',
    model: 'Model',
    price: 'Price',
    'tool-servers': 'Tool servers',
    store: 'Store',
    clock: 'Clock',
    versions: 'Versions',
    limits: 'Limits',
  },
  todo: 'What to do',
  skipped: 'Not looked at: what is wrong above comes first.',
  allWell: (warnings) =>
    warnings === 0 ? 'All well.' : `It will work; ${counted(warnings, 'thing')} could be better (see !).`,
  notWell: (problems, warnings) =>
    `${counted(problems, 'thing')} will not work (see ✗)${warnings === 0 ? '' : `, ${warnings} could be better (see !)`}.`,
  defect: (reason) => `This check failed itself: ${reason}`,

  settingsFine: 'All can be read.',
  settingMissing: (variable) =>
    ({
      DISCORD_TOKEN: 'is missing.',
      OPENAI_API_KEY: 'is missing.',
    })[variable],
  envFileOpen: 'Other users of this machine can read .env, and the secrets in it.',
  envFileOpenTodo: (path) => `chmod 600 ${path}`,

  tokenFine: (bot, id) => `Discord takes it: the bot is ${bot} (application ${id}).`,
  tokenUnset: 'There is none.',
  tokenRefused: 'Discord refuses it: the bot cannot log in.',
  tokenTodo: `At https://discord.com/developers/applications open your application, then Bot → Reset Token, and put the new token into DISCORD_TOKEN. Each reset makes the one before useless. Or run: ${commandFor('setup')}`,
  discordUnreachable: (reason) => `Discord cannot be reached (${reason}).`,
  discordUnreachableTodo: 'Check the network of this machine, and DISCORD_API_URL if it is set.',
  discordRefuses: (reason) => `Discord answers with a refusal (${reason}).`,
  logIns: (left, inAll) => `${left} of ${inAll} log-ins a day are left.`,
  noLogIns: 'No log-in is left for today: Discord allows only so many a day.',
  noLogInsTodo: 'Find out what starts the bot again and again, and wait until tomorrow.',
  botPublic: 'Anybody may add this bot to a server of their own, and ask it at your expense.',
  botPublicTodo:
    'Switch "Public Bot" off at https://discord.com/developers/applications (your application → Bot), or set ALLOWED_GUILDS, ALLOWED_USERS or ALLOWED_ROLES.',
  userInstallOff:
    'USER_INSTALL is on, and the developer portal does not allow it: nobody can install the bot for themselves.',
  userInstallOffTodo:
    'Switch "User Install" on at https://discord.com/developers/applications (your application → Installation).',

  intentsFine: (wanted) => `The bot asks for ${wanted}, and is granted all of them.`,
  intentsMissing: (names) =>
    `The bot asks for ${names}, which the developer portal has not granted: it hears only what mentions it.`,
  intentsMissingTodo:
    'Switch them on at https://discord.com/developers/applications (your application → Bot → Privileged Gateway Intents).',
  intentsUnused: (names) => `${names} is switched on in the developer portal; the bot does not use it.`,

  commandsFine: (count) => `All ${count} are registered.`,
  commandsMissing: (names) => `Not registered: ${names}.`,
  commandsOutdated: (names) => `Registered in another form than this version has: ${names}.`,
  commandsTodo: `Start the bot (${commandFor('start')}): it registers them whenever it starts.`,

  interactionsByGateway: 'Commands and presses come over the gateway.',
  interactionsFine: (url) => `Discord posts commands and presses to ${url}, where a wrong signature is turned away.`,
  interactionsUnset:
    'INTERACTIONS_PORT is set, and Discord has no address for it: commands and presses come over the gateway.',
  interactionsUnsetTodo:
    'At https://discord.com/developers/applications (your application → General Information) set "Interactions Endpoint URL" to the https address of that port, once the bot runs; or leave INTERACTIONS_PORT out.',
  interactionsElsewhere: (url) =>
    `Discord posts commands and presses to ${url}, and INTERACTIONS_PORT is not set: none of them arrives.`,
  interactionsElsewhereTodo:
    'Set INTERACTIONS_PORT, or empty "Interactions Endpoint URL" at https://discord.com/developers/applications (your application → General Information).',
  interactionsUnanswered: (url, fault) =>
    `${url} does not answer as it must (${fault}): it may be that no command and no press arrives.`,
  interactionsUnansweredTodo:
    'Start the bot, and see that whatever stands at that address passes requests on to INTERACTIONS_PORT with their headers and bodies as they are.',

  inNoServer: 'The bot is in no server.',
  inviteTodo: (url) => `Open this address and add it to a server: ${url}`,
  serverFine: (server, channels) => `${server}: nothing is missing in ${counted(channels, 'channel')}.`,
  serverTimedOut: (server) => `${server}: a moderator has timed the bot out; it cannot write anywhere there.`,
  serverTimedOutTodo: 'Let a moderator end the time-out.',
  serverClosed: (server) => `${server}: Discord shows the bot no channel there.`,
  serverLacks: (server, channels) => `${server}: in ${counted(channels, 'channel')} something will not work:`,
  serverLacksLittle: (server, channels) => `${server}: in ${counted(channels, 'channel')} something could be better:`,
  channelLacks: (channel, permissions) => `#${channel} lacks ${permissions}`,
  lost: {
    ViewChannel: 'View Channel (it hears nothing there)',
    SendMessages: 'Send Messages (it cannot answer there)',
    SendMessagesInThreads: 'Send Messages in Threads (it cannot answer in threads)',
    ReadMessageHistory: 'Read Message History (answers are no replies; what was asked while it was away is lost)',
    AttachFiles: 'Attach Files (no pictures, no files)',
    Connect: 'Connect (it hears nothing there)',
  },
  permissionsTodo:
    'Give the role of the bot these permissions, in the server or in the channel (Edit Channel → Permissions).',
  closedOnPurpose: (count) => `${counted(count, 'channel')} where members cannot write either: left out.`,
  moreServers: (shown, inAll) => `Looked at ${shown} of ${inAll} servers.`,
  notLookedAt: (server, reason) => `${server}: could not be looked at (${reason}).`,

  modelFine: (model, seconds) => `${model} answers (${seconds} s).`,
  modelFails: (model, reason) => `${model} does not answer: ${reason}`,
  modelTodo: {
    'model-unreachable': 'Check the network of this machine, and OPENAI_BASE_URL if it is set.',
    'model-refused': `The server refuses the key. Make a new one at https://platform.openai.com/api-keys and put it into OPENAI_API_KEY. Or run: ${commandFor('setup')}`,
    'model-unknown': `The server does not know this model. Set OPENAI_MODEL to one that it has. Or run: ${commandFor('setup')}`,
    'model-quota':
      'The account has no money left. Add credit, or raise its limit: https://platform.openai.com/settings/organization/billing',
    'model-busy': 'The server is too busy, or the account may ask too little. Try again in a minute.',
  },
  modelTodoElse: 'Look at what the server says, and at the settings that begin with OPENAI_.',
  modelRetires: (model, date, instead) =>
    `${model} is switched off on ${date}. Before that, set ${instead ?? 'OPENAI_MODEL to its successor'}.`,
  modelReplaced: (model, by) => `The server does not know ${model} any more, so ${by} is asked instead.`,
  modelUnlisted: (model) => `${model} answers, though the server says that it does not know it.`,

  priceFine: (input, cached, output) =>
    `$${input} for a million tokens read, $${cached} for those the provider had kept, $${output} for those written.`,
  priceUnknown: 'Unknown: /usage counts tokens in place of dollars.',
  priceUnknownBudget: 'Unknown: the budgets in dollars do not hold.',
  priceTodo: 'Set OPENAI_PRICES, or budget in tokens.',

  toolsFine: (server, tools, transport, revision, latencyMs) =>
    `${server}: ${counted(tools, 'tool')}, ${transport}, MCP ${revision}, ${latencyMs} ms.`,
  toolsNone: (server) => `${server}: it is up, and has no tools that may be used.`,
  toolsUnknown: (server, names) => `${server}: MCP_CONFIG names tools that it does not have: ${names}.`,
  toolsUnknownTodo: 'Correct "allow" and "deny" in MCP_CONFIG.',
  toolsDown: (server, reason) => `${server}: its tools cannot be used (${reason}).`,
  toolsTodo: {
    unreachable: 'Start that server, or correct its "url" in MCP_CONFIG.',
    auth: 'It wants other credentials: correct its "headers" or "oauth" in MCP_CONFIG.',
    command: 'Its program cannot be started: correct "command" and "cwd" in MCP_CONFIG, or install it.',
    late: 'It does not answer in time: look at its own log.',
    other: 'Look at its own log, and at what stands about it in MCP_CONFIG.',
  },
  calculatorDown: (address) => `calculator: not running at ${address}; ${commandFor('start')} starts it with the bot.`,
  auth: (kind) => ({ none: 'no credentials', header: 'credentials in headers', oauth: 'OAuth' })[kind],

  storeFine: (address, milliseconds) => `${address}: written and read back in ${milliseconds} ms.`,
  storeNew: (address) => `${address}: not there yet; the first start makes it.`,
  storeHeld: 'A bot is answering with it right now.',
  storeFails: (address, reason) => `${address} cannot be used: ${reason}`,
  storeTodo: {
    full: 'There is no room left: make some (in Redis, raise maxmemory), or let STORE_URL name another place. Until then no question is answered.',
    'read-only':
      'It may be read and not written: give the user that runs Jupan the right to write there, or let STORE_URL name another place.',
    key: 'See STORE_KEY above.',
    unusable: 'Correct STORE_URL, or start that server.',
  },
  storeLoses: {
    everything: 'Nothing of it outlives the bot.',
    'with-server': 'Its server writes nothing to disk: everything is lost when that ends.',
    minutes: 'A crash of the server may lose the last minutes.',
    moments: 'A power cut may lose the last moments; a crash of the bot loses nothing.',
    nothing: 'What was written outlives a power cut.',
  },
  storeLosesTodo: 'For more than a trial, use SQLite, PostgreSQL, or Redis with appendonly yes.',
  storeEvicts: 'It throws entries away when it is full: questions would get lost.',
  storeEvictsTodo: 'Set maxmemory-policy noeviction in Redis.',
  storeRoom: (size) => `${size} are free.`,
  storeRoomTodo: 'Make room before it is full: then no question is answered.',
  storeOpenFiles: 'Other users of this machine can read what members write.',
  storeOpenFilesTodo: (files) => `chmod 600 ${files}`,
  seal: {
    plain: 'Not encrypted.',
    sealed: 'Encrypted with STORE_KEY.',
    'to-be-sealed': 'The next start encrypts it with STORE_KEY.',
  },
  storeNotSealed: 'Whoever can reach this server can read conversations, and write approvals of tool calls.',
  storeNotSealedTodo: 'Set STORE_KEY to a secret, such as the output of: openssl rand -base64 32',

  clockFine: (seconds) => `Within ${seconds} s of Discord’s.`,
  clockOff: (seconds, isAhead) => `${seconds} ${isAhead ? 'ahead of' : 'behind'} Discord’s.`,
  clockTodo:
    'Set the clock of this machine by the network (timedatectl set-ntp true). Budgets, time limits and catching up with missed questions go by it.',

  versionsFine: (jupan, node) => `Jupan ${jupan}, Node ${node}.`,
  nodeOld: (node, needed) => `Node ${node} is too old: Jupan needs ${needed} or newer.`,
  nodeTodo: 'Run it through npm after npm ci: the project brings its own Node.',

  limitsNone: 'No budget: members may ask as much as the account pays for.',
  limitsFine: (budgets) => `${counted(budgets, 'budget')}:`,
  limit: (of, id, per, cap, unit) => `${of}${id === undefined ? '' : ` ${id}`}: ${cap} ${unit} a ${per}`,
};
