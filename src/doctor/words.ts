/** Every sentence of the doctor: each language has a file beside this one. */
import type { StoreState } from '../agent/store/inspect-store.ts';
import type { FailureCode } from '../agent/turn.ts';
import type { CheckName } from './finding.ts';

export interface Words {
  readonly title: string;
  readonly names: Readonly<Record<CheckName, string>>;
  readonly todo: string;
  readonly skipped: string;
  /** The last line. */
  allWell(warnings: number): string;
  notWell(problems: number, warnings: number): string;
  /** A check that failed itself. */
  defect(reason: string): string;

  readonly settingsFine: string;
  /** Undefined where only the sentence of the settings themselves will do. */
  settingMissing(variable: string): string | undefined;
  readonly envFileOpen: string;
  envFileOpenTodo(path: string): string;

  tokenFine(bot: string, id: string): string;
  readonly tokenUnset: string;
  readonly tokenRefused: string;
  readonly tokenTodo: string;
  discordUnreachable(reason: string): string;
  readonly discordUnreachableTodo: string;
  discordRefuses(reason: string): string;
  logIns(left: number, inAll: number): string;
  readonly noLogIns: string;
  readonly noLogInsTodo: string;
  readonly botPublic: string;
  readonly botPublicTodo: string;
  readonly userInstallOff: string;
  readonly userInstallOffTodo: string;

  intentsFine(wanted: string): string;
  intentsMissing(names: string): string;
  readonly intentsMissingTodo: string;
  intentsUnused(names: string): string;

  commandsFine(count: number): string;
  commandsMissing(names: string): string;
  commandsOutdated(names: string): string;
  readonly commandsTodo: string;

  readonly interactionsByGateway: string;
  interactionsFine(url: string): string;
  readonly interactionsUnset: string;
  readonly interactionsUnsetTodo: string;
  interactionsElsewhere(url: string): string;
  readonly interactionsElsewhereTodo: string;
  interactionsUnanswered(url: string, fault: string): string;
  readonly interactionsUnansweredTodo: string;

  readonly inNoServer: string;
  inviteTodo(url: string): string;
  serverFine(server: string, channels: number): string;
  serverTimedOut(server: string): string;
  readonly serverTimedOutTodo: string;
  serverClosed(server: string): string;
  serverLacks(server: string, channels: number): string;
  serverLacksLittle(server: string, channels: number): string;
  channelLacks(channel: string, permissions: string): string;
  readonly lost: Readonly<Record<string, string>>;
  readonly permissionsTodo: string;
  closedOnPurpose(count: number): string;
  moreServers(shown: number, inAll: number): string;
  notLookedAt(server: string, reason: string): string;

  modelFine(model: string, seconds: string): string;
  modelFails(model: string, reason: string): string;
  readonly modelTodo: Readonly<Partial<Record<FailureCode, string>>>;
  readonly modelTodoElse: string;
  modelRetires(model: string, date: string, instead: string | undefined): string;
  modelReplaced(model: string, by: string): string;
  modelUnlisted(model: string): string;

  priceFine(input: number, cached: number, output: number): string;
  readonly priceUnknown: string;
  readonly priceUnknownBudget: string;
  readonly priceTodo: string;

  toolsFine(server: string, tools: number, transport: string, revision: string, latencyMs: number): string;
  toolsNone(server: string): string;
  toolsUnknown(server: string, names: string): string;
  readonly toolsUnknownTodo: string;
  toolsDown(server: string, reason: string): string;
  readonly toolsTodo: Readonly<Record<'unreachable' | 'auth' | 'command' | 'late' | 'other', string>>;
  calculatorDown(address: string): string;
  auth(kind: 'none' | 'header' | 'oauth'): string;

  storeFine(address: string, milliseconds: number): string;
  storeNew(address: string): string;
  storeHeld: string;
  storeFails(address: string, reason: string): string;
  readonly storeTodo: Readonly<Record<'full' | 'read-only' | 'key' | 'unusable', string>>;
  readonly storeLoses: Readonly<Record<StoreState['condition']['loses'], string>>;
  readonly storeLosesTodo: string;
  readonly storeEvicts: string;
  readonly storeEvictsTodo: string;
  storeRoom(size: string): string;
  readonly storeRoomTodo: string;
  readonly storeOpenFiles: string;
  storeOpenFilesTodo(files: string): string;
  readonly seal: Readonly<Record<'plain' | 'sealed' | 'to-be-sealed', string>>;
  readonly storeNotSealed: string;
  readonly storeNotSealedTodo: string;

  clockFine(seconds: string): string;
  clockOff(seconds: string, isAhead: boolean): string;
  readonly clockTodo: string;

  versionsFine(jupan: string, node: string): string;
  nodeOld(node: string, needed: number): string;
  readonly nodeTodo: string;

  readonly limitsNone: string;
  limitsFine(budgets: number): string;
  limit(of: string, id: string | undefined, per: string, cap: number, unit: string): string;
}
