/** Every sentence of the set-up: each language has a file beside this one. */
export interface Words {
  readonly title: string;
  readonly yes: string;
  readonly no: string;
  readonly checking: string;
  readonly tryAgain: string;
  /** Ctrl-C. @param written What stands already. */
  stopped(written: readonly string[]): string;
  readonly needsTerminal: string;
  missingFlag(names: string): string;

  envThere(path: string): string;
  readonly envChange: string;
  readonly envLeave: string;
  readonly envLeft: string;
  envThereFlag(path: string): string;
  written(path: string): string;
  shellWins(variable: string): string;

  readonly tokenHow: string;
  readonly token: string;
  readonly keepsOld: string;
  readonly needed: string;
  tokenFine(bot: string): string;
  /** Discord posts commands there, and nobody listens. */
  postedElsewhere(url: string): string;
  readonly tokenRefused: string;
  discordUnreachable(reason: string): string;

  readonly provider: string;
  readonly providerOpenai: string;
  readonly providerOther: string;
  readonly baseUrl: string;
  readonly baseUrlWrong: string;
  readonly keyHow: string;
  readonly key: string;
  readonly keyMayBeEmpty: string;
  keyFine(models: number): string;
  readonly noList: string;
  keyFails(reason: string): string;

  readonly model: string;
  readonly modelRecommended: string;
  readonly modelOther: string;
  readonly modelName: string;
  modelFine(model: string, seconds: string): string;
  modelFails(model: string, reason: string): string;
  readonly useAnyway: string;

  readonly store: string;
  readonly storeSqlite: string;
  readonly storeOnServer: string;
  readonly storeUrl: string;
  storeFine(address: string): string;
  storeFails(address: string, reason: string): string;
  readonly storeKey: string;
  readonly storeKeyMade: string;

  readonly budget: string;
  readonly budgetTokens: string;
  readonly budgetMember: string;
  readonly budgetEmpty: string;
  readonly notANumber: string;
  budgetThere(path: string): string;

  invite(url: string): string;
  readonly waiting: string;
  inServer(servers: string): string;
  readonly stillInNone: string;

  readonly start: string;
  readonly starting: string;
  askNow(bot: string): string;
  readonly answered: string;
  notAnswered(code: string): string;
  readonly botEnded: string;
  readonly later: string;
  readonly done: string;
}
