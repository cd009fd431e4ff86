/** The set-up's sentences in English. */

import { commandFor } from '../started-as.ts';
import type { Words } from './words.ts';

export const en: Words = {
  title: 'Jupan set-up',
  yes: 'Yes',
  no: 'No',
  checking: 'Trying it …',
  tryAgain: 'Try again?',
  stopped: (written) =>
    written.length === 0 ? 'Stopped. Nothing was written.' : `Stopped. Written: ${written.join(', ')}`,
  needsTerminal: `The set-up asks questions in a terminal, and this is none. For scripts: ${commandFor('setup', '--help')}`,
  missingFlag: (names) => `Without questions, these must be given: ${names}`,

  envThere: (path) => `There is a file ${path} already.`,
  envChange: 'Change in it what is asked now, and keep everything else',
  envLeave: 'Leave it as it is, and stop',
  envLeft: 'It was left as it is.',
  envThereFlag: (path) =>
    `There is a file ${path} already. With --update, what is given is changed in it and everything else kept.`,
  written: (path) => `${path} is written.`,
  shellWins: (variable) => `The environment sets ${variable} to something else, and wins over .env. Unset it there.`,

  tokenHow:
    'The bot’s account: open https://discord.com/developers/applications → New Application (or yours) → Bot → Reset Token → Copy. No intents have to be switched on.',
  token: 'Bot token',
  keepsOld: 'empty keeps the one that is there',
  needed: 'This is needed.',
  tokenFine: (bot) => `Discord knows the bot: ${bot}.`,
  postedElsewhere: (url) =>
    `Discord posts commands and presses to ${url}: set INTERACTIONS_PORT as well, or empty "Interactions Endpoint URL" at https://discord.com/developers/applications (your application → General Information), or none of them arrives.`,
  tokenRefused: 'Discord refuses this token. Copy it again: each reset makes the one before useless.',
  discordUnreachable: (reason) => `Discord cannot be asked (${reason}).`,

  provider: 'Who runs the language model?',
  providerOpenai: 'OpenAI',
  providerOther: 'another server that speaks OpenAI’s chat completions, such as Ollama or llama.cpp',
  baseUrl: 'Its address, such as http://127.0.0.1:11434/v1',
  baseUrlWrong: 'This should be an http(s) address.',
  keyHow: 'The key: open https://platform.openai.com/api-keys → Create new secret key → Copy.',
  key: 'API key',
  keyMayBeEmpty: 'empty where it wants none',
  keyFine: (models) => `The server takes it, and lists ${models} models.`,
  noList: 'The server has no list of models.',
  keyFails: (reason) => `The server does not take it: ${reason}`,

  model: 'Which model should answer?',
  modelRecommended: 'recommended; when it is retired, its successor takes its place',
  modelOther: 'another: type its name',
  modelName: 'Name of the model',
  modelFine: (model, seconds) => `${model} answers (${seconds} s).`,
  modelFails: (model, reason) => `${model} does not answer: ${reason}`,
  useAnyway: 'Use it all the same?',

  store: 'Where should conversations be kept?',
  storeSqlite: 'in a file here, data/jupan.sqlite (right for one machine)',
  storeOnServer: 'in Redis or PostgreSQL',
  storeUrl: 'Its address: redis://HOST:PORT or postgres://USER:PASSWORD@HOST/DATABASE',
  storeFine: (address) => `${address} can be used.`,
  storeFails: (address, reason) => `${address} cannot be used: ${reason}`,
  storeKey: 'Encrypt what is kept there? (STORE_KEY in .env: whoever loses it loses the conversations)',
  storeKeyMade: 'A key was made.',

  budget: 'At most how many US dollars a month, for all together?',
  budgetTokens: 'The price of this model is not known. At most how many tokens a month, for all together?',
  budgetMember: 'At most how many questions a day, for each member?',
  budgetEmpty: 'empty for no limit',
  notANumber: 'This should be a number above 0.',
  budgetThere: (path) => `Budgets stand in ${path} already: left as they are.`,

  invite: (url) => `Add the bot to your server, with the few permissions that it uses:\n${url}`,
  waiting: 'Waiting until it is in a server … (Ctrl-C stops; what is written stays)',
  inServer: (servers) => `The bot is in ${servers}.`,
  stillInNone: 'It is in no server yet. Add it whenever you like.',

  start: 'Start the bot now and wait for its first answer?',
  starting: 'Starting …',
  askNow: (bot) => `It is ready. In your server, write: @${bot} add 15 and 27`,
  answered: `It has answered its first question: everything works. It goes on running here; Ctrl-C stops it. From now on, start it with: ${commandFor('start')}`,
  notAnswered: (code) =>
    `A question could not be answered (${code}). ${commandFor('doctor')} says more. Waiting for another …`,
  botEnded: 'The bot has ended.',
  later: `Start it with ${commandFor('start')}. If something does not work: ${commandFor('doctor')}`,
  done: 'Done.',
};
