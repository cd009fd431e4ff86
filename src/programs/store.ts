/** `npm run store`: moves a store to another place, and gives out or deletes what is stored of one person. */
import { writeFile } from 'node:fs/promises';
import { forgetPerson } from '../agent/forget-person.ts';
import { Grants } from '../agent/grants/grants.ts';
import { ToolPins } from '../agent/pins/tool-pins.ts';
import type { Backend } from '../agent/store/backend.ts';
import { copyStore } from '../agent/store/copy-store.ts';
import { readHead } from '../agent/store/decision-chain.ts';
import { openBackend, openTurnStore, toAddress } from '../agent/store/open.ts';
import { StoreLease } from '../agent/store/store-lease.ts';
import { MemberLogins } from '../agent/tools/login/logins.ts';
import { isPersonal } from '../agent/tools/tool-host.ts';
import { askedKey } from '../bot/channel/limits/shared-rate.ts';
import { loadOperatorFile } from '../config/operator-file.ts';
import { loadEnvironment, readConfig } from '../config/read.ts';
import { ConfigError } from '../errors.ts';
import { silentLogger } from '../log.ts';
import { settingsDocuments } from '../settings/document-kind.ts';
import { documentKey } from '../settings/scope-document.ts';
import { commandFor } from '../started-as.ts';
import { printDecisions } from './print-decisions.ts';

const namespace = 'jupan';
/** How long a bot that is just ending is waited for. */
const leaseWithinMs = 20_000;

const help = `Usage: ${commandFor('store', 'COMMAND')}

  copy FROM TO          copies a store to another place, such as
                        copy sqlite://data/jupan.sqlite postgres://user:password@host/database
                        Stopped half-way, run it again: it goes on.
  export PERSON [FILE]  what a person has asked and was answered, in every conversation, and their
                        settings, as JSON
  delete PERSON         deletes all of that, what is not answered yet and what their questions
                        cost, takes their logins at tool servers back, and ends approvals for them
  pins                  shows what tool servers say otherwise than when they were
                        first used: tools that are withheld until somebody accepts
  accept KEY            accepts that of one server, as it was shown
  audit [HEAD]          prints what people have decided about tools, and checks that
                        nothing of it was changed; HEAD is where it ended when it was
                        printed before, as NUMBER:HASH

PERSON is the id of a Discord user. The store is that of STORE_URL and STORE_KEY.
For copy and delete, no bot may answer with the store.
`;

class UsageError extends Error {}

const stop = new AbortController();

/** Opened places, each held so that nobody else writes there. */
class Places implements AsyncDisposable {
  readonly #opened: Backend[] = [];
  readonly #leases: StoreLease[] = [];

  async open(url: string): Promise<Backend> {
    const place = await openBackend(url, namespace, silentLogger);
    this.#opened.push(place);
    return place;
  }

  async take(place: Backend): Promise<void> {
    const lease = new StoreLease(place, { namespace, isSealing: false, log: silentLogger });
    this.#leases.push(lease);
    await lease.take(undefined, AbortSignal.any([stop.signal, AbortSignal.timeout(leaseWithinMs)])).catch(() => {
      throw new Error(`A bot answers with ${place.address}. Stop it first.`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lease of this.#leases) await lease.release();
    for (const place of this.#opened) await place.close();
  }
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  await main(process.argv.slice(3));
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${help}` : toSentence(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === undefined || command === '--help' || command === 'help') return console.log(help);
  if (command === 'copy') return await copy(args);
  if (command === 'export') return await exportPerson(args);
  if (command === 'pins') return await showPins(args);
  if (command === 'accept') return await acceptPins(args);
  if (command === 'audit') return await audit(args);
  if (command === 'delete') return await deletePerson(args);
  throw new UsageError(`There is no command "${command}".`);
}

async function copy([from, to, ...more]: readonly string[]): Promise<void> {
  if (from === undefined || to === undefined || more.length > 0) throw new UsageError('copy takes two addresses.');
  await using places = new Places();
  const [source, target] = [await places.open(from), await places.open(to)];
  for (const place of [source, target]) await places.take(place);
  const counts = await copyStore({ from: source, to: target, namespace, signal: stop.signal, onProgress: say });
  console.log(
    `\nCopied ${counts.copied} records to ${toAddress(to)}; ${counts.same} were there already. All were read back.`,
  );
}

/** Now and then: a store may have millions. */
function say(records: number): void {
  if (records % 1000 === 0) process.stdout.write(`\r${records} records`);
}

async function exportPerson([person, file, ...more]: readonly string[]): Promise<void> {
  if (person === undefined || more.length > 0) throw new UsageError('export takes the id of a person, and a file.');
  await using store = await openStore();
  const conversations: object[] = [];
  for await (const page of store.conversations()) {
    for (const conversation of page) {
      const turns = await store.loadHistory(conversation);
      const own = turns.filter(({ question }) => question.authorId === person);
      if (own.length > 0) conversations.push({ conversation, turns: own });
    }
  }
  const settings = await store.documents.load(settingsDocuments, documentKey('person', person));
  const own = settings === undefined ? {} : { settings };
  const text = `${JSON.stringify({ person, conversations, ...own }, undefined, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text, { mode: 0o600, flag: 'wx' });
}

async function deletePerson([person, ...more]: readonly string[]): Promise<void> {
  if (person === undefined || more.length > 0) throw new UsageError('delete takes the id of a person.');
  await using store = await openStore();
  await store.takeLease(undefined, AbortSignal.timeout(leaseWithinMs)).catch(() => {
    throw new Error('A bot answers with this store. Stop it first; members can use /forget-me while it runs.');
  });
  const forgotten = { authorId: person, until: Number.MAX_SAFE_INTEGER };
  const unanswered = await store.dropTurnsOf(forgotten);
  const forgetAuthor = async () => {
    let count = 0;
    for await (const page of store.conversations())
      for (const conversation of page) if (await store.forgetIn(conversation, [forgotten])) count += 1;
    return count;
  };
  const grants = new Grants(store);
  const { conversations, settled } = await forgetPerson(forgotten, {
    store,
    logins: store.logins,
    grants,
    forgetAuthor,
  });
  await store.documents.change(settingsDocuments, documentKey('person', person), () => undefined);
  await store.shared.change(askedKey, () => ({ value: {}, result: undefined }));
  console.log(
    `Deleted what ${person} asked (conversations: ${conversations}, not answered yet: ${unanswered}, settled turns: ${settled}), and their settings, logins and approvals.`,
  );
}

async function showPins(args: readonly string[]): Promise<void> {
  if (args.length > 0) throw new UsageError('pins takes nothing.');
  await using store = await openStore();
  const { listChanged, toPinsText } = await import('./print-pins.ts');
  console.log(toPinsText(await listChanged(store)));
}

async function acceptPins([key, ...more]: readonly string[]): Promise<void> {
  const [, serverKey, changeId] = /^([0-9a-f]{32}):([0-9a-f]{32})$/.exec(key ?? '') ?? [];
  if (serverKey === undefined || changeId === undefined || more.length > 0)
    throw new UsageError('accept takes the key that pins shows.');
  await using store = await openStore();
  const pins = new ToolPins({ store, log: silentLogger, tell: async () => false });
  const outcome = await pins.accept(serverKey, changeId, 'operator');
  if (outcome !== 'accepted') throw new Error('That is not what the server says any more. Look again with pins.');
  console.log('Accepted. A bot that runs takes it with its next question.');
}

async function audit([head, ...more]: readonly string[]): Promise<void> {
  const noted = head === undefined ? undefined : readHead(head);
  if (more.length > 0 || (head !== undefined && noted === undefined))
    throw new UsageError('audit takes nothing, or a head as it was printed: NUMBER:HASH.');
  await using store = await openStore();
  const isWhole = await printDecisions(store.checkDecisions(), noted);
  if (!isWhole) process.exitCode = 1;
}

async function openStore() {
  const environment = loadEnvironment();
  const { storeUrl, storeKey, history, toolServers } = readConfig(environment, {}, await loadOperatorFile(environment));
  const store = await openTurnStore(storeUrl, { log: silentLogger, storeKey, ttlDays: history.ttlDays });
  const servers = toolServers.filter(isPersonal);
  const logins = new MemberLogins({ servers, records: store, publicUrl: undefined, log: silentLogger });
  return Object.assign(store, { logins, [Symbol.asyncDispose]: () => store.close() });
}

/** Addresses may hold passwords: what a library says of them is not printed. */
function toSentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (stop.signal.aborted) return 'Stopped. Run it again to go on.';
  return error instanceof Error ? error.message : String(error);
}
