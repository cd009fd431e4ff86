/**
 * The port to which browsers come back when members log in at tool servers. First Discord says whose browser it is, and only the
 * member who pressed gets on to the tool server's login; a cookie then makes sure that the same browser comes back from there.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logins } from '../agent/login.ts';
import { closePort, listenAt } from '../http-port.ts';
import { isRecord } from '../json.ts';
import type { DiscordIdentity } from './discord-identity.ts';
import { writeJson, writePage, writeRedirect } from './page.ts';
import { type PageLanguage, pageWords } from './words.ts';

export interface CallbackOptions {
  readonly host: string;
  readonly port: number;
  /** As browsers know it, without a slash at its end. */
  readonly publicUrl: string;
  /** May still be on their way: browsers wait so long. */
  readonly logins: Promise<Logins>;
  readonly identity: DiscordIdentity;
  /** What this program says of itself to authorization servers. */
  readonly clientMetadata: Readonly<Record<string, unknown>>;
}

export interface CallbackServer {
  /** Lets go of the port. Never rejects. */
  close(): Promise<void>;
}

const mostConnections = 200;
const requestMs = 10_000;
/** As long as a link is good. */
const cookieSeconds = 600;
const cookieName = 'jupan-login';

/** @throws {ConfigError} naming CALLBACK_PORT when it cannot listen there. */
export async function startCallbackServer(options: CallbackOptions): Promise<CallbackServer> {
  const server = createServer({ requestTimeout: requestMs, headersTimeout: requestMs }, (request, response) => {
    answer(request, response, options).catch(() => response.destroy()); // The browser can be told to come again.
  });
  server.maxConnections = mostConnections;
  const { host, port } = options;
  await listenAt(server, { host, port, setting: 'CALLBACK', otherwise: 'Set it to a free port.' });
  return { close: () => closePort(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: CallbackOptions): Promise<void> {
  const { publicUrl, clientMetadata } = options;
  const language = languageOf(request.headers['accept-language']);
  const words = pageWords[language];
  if (request.method !== 'GET' && request.method !== 'HEAD') return writePage(response, 405, language, [words.nothing]);
  // A proxy may have left out the path of the public address, or not.
  const [path = '', query = ''] = (request.url ?? '/').split('?', 2);
  const { pathname } = new URL(publicUrl);
  const asked = pathname !== '/' && path.startsWith(`${pathname}/`) ? path.slice(pathname.length) : path;
  const visit = { request, response, options, language, parameters: new URLSearchParams(query) };
  if (asked === '/client-metadata.json')
    return writeJson(response, { client_id: `${publicUrl}/client-metadata.json`, ...clientMetadata });
  if (asked === '/connect/discord') return await backFromDiscord(visit);
  if (asked === '/connect/callback') return await backFromServer(visit);
  const ticket = /^\/connect\/([\w-]{20,100})$/.exec(asked)?.[1];
  if (ticket !== undefined) return await goToDiscord(visit, ticket);
  writePage(response, 404, language, [words.nothing]);
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly options: CallbackOptions;
  readonly language: PageLanguage;
  readonly parameters: URLSearchParams;
}

/** Changes nothing: whoever looks at a link to show what is behind it must not use it up. */
async function goToDiscord({ response, options, language }: Visit, ticket: string): Promise<void> {
  const { applicationId } = await noteOf(options, ticket);
  if (applicationId === undefined) return tellFailure(response, language, 'expired');
  writeRedirect(response, options.identity.askAt(applicationId, ticket));
}

async function backFromDiscord({ response, options, language, parameters }: Visit): Promise<void> {
  const ticket = parameters.get('state') ?? '';
  const { applicationId } = await noteOf(options, ticket);
  if (applicationId === undefined) return tellFailure(response, language, 'expired');
  const personId = await options.identity.identify(applicationId, parameters.get('code') ?? '');
  if (personId === undefined) return tellFailure(response, language, 'denied');
  const known = await (await options.logins).identify(ticket, personId);
  if (known.type === 'failed') return tellFailure(response, language, known.reason);
  const { protocol, pathname } = new URL(options.publicUrl);
  const path = `${pathname === '/' ? '' : pathname}/connect`;
  const secure = protocol === 'https:' ? '; Secure' : '';
  const rules = `Path=${path}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`;
  writeRedirect(response, known.url, `${cookieName}=${known.binder}; ${rules}`);
}

async function backFromServer({ request, response, options, language, parameters }: Visit): Promise<void> {
  const binder = cookieOf(request) ?? '';
  const finished = await (await options.logins).finish({ parameters, proof: { binder } });
  if (finished.type === 'failed') return tellFailure(response, language, finished.reason);
  const { connected, close } = pageWords[language];
  writePage(response, 200, language, [connected, close]);
}

function tellFailure(
  response: ServerResponse,
  language: PageLanguage,
  reason: keyof (typeof pageWords.en)['failures'],
) {
  const { failed, failures } = pageWords[language];
  writePage(response, 400, language, [failed, failures[reason]]);
}

async function noteOf({ logins }: CallbackOptions, ticket: string): Promise<{ applicationId: string | undefined }> {
  const note = (await (await logins).look(ticket))?.note;
  const applicationId = isRecord(note) ? note.applicationId : undefined;
  return { applicationId: typeof applicationId === 'string' ? applicationId : undefined };
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}

function languageOf(accepted = ''): PageLanguage {
  return accepted.trimStart().toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
