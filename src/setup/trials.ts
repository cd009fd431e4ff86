/** What is tried before it is written down, by the settings that it would make. */
import { listModels, type ModelList, type ModelTrial, tryModel } from '../agent/model/inspect-model.ts';
import { inspectStore, type StoreInspection } from '../agent/store/inspect-store.ts';
import { DiscordInspection, InspectionError } from '../bot/discord/inspect/inspection.ts';
import { noOperatorFile } from '../config/operator-file.ts';
import { inspectConfig } from '../config/read.ts';
import type { Environment } from '../config/settings.ts';
import type { Config } from '../config/types.ts';

/** `postedTo`: where Discord posts commands, though nobody is set up to listen. */
export type TokenTrial =
  | {
      readonly type: 'taken';
      readonly applicationId: string;
      readonly bot: string;
      readonly postedTo: string | undefined;
    }
  | { readonly type: 'refused' }
  | { readonly type: 'unreachable'; readonly reason: string };

export class Trials {
  readonly #environment: Environment;
  readonly #signal: AbortSignal;

  /** @param environment What the bot would be started in, save what is given to each trial. @param signal Makes every trial reject with its reason. */
  constructor(environment: Environment, signal: AbortSignal) {
    this.#environment = environment;
    this.#signal = signal;
  }

  /** What is wrong with a value of such a variable, as its end of a sentence; undefined when nothing is. */
  problemOf(variable: string, changes: Environment): string | undefined {
    const { problems } = inspectConfig({ ...this.#environment, ...changes }, {}, noOperatorFile);
    return problems.find((problem) => problem.variable === variable)?.advice;
  }

  async token(changes: Environment): Promise<TokenTrial> {
    const inspection = this.#inspect(changes);
    try {
      const { id, name, endpointUrl } = await inspection.application();
      const isHeard = this.#read(changes).interactions.port !== undefined;
      return { type: 'taken', applicationId: id, bot: name, postedTo: isHeard ? undefined : endpointUrl };
    } catch (error) {
      if (!(error instanceof InspectionError)) throw error;
      return error.type === 'token' ? { type: 'refused' } : { type: 'unreachable', reason: error.message };
    } finally {
      await inspection.close();
    }
  }

  /** Names of the servers that the bot is in. Empty also where Discord cannot be asked just now. */
  async servers(changes: Environment): Promise<string[]> {
    const inspection = this.#inspect(changes);
    try {
      return (await inspection.guilds()).map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof InspectionError)) throw error;
      return [];
    } finally {
      await inspection.close();
    }
  }

  async models(changes: Environment): Promise<ModelList> {
    return await listModels(this.#read(changes).model, this.#signal);
  }

  /** With the name of the model that was asked. */
  async model(changes: Environment): Promise<ModelTrial & { readonly name: string }> {
    const { model } = this.#read(changes);
    return { ...(await tryModel(model, this.#signal)), name: model.name };
  }

  async store(changes: Environment): Promise<StoreInspection> {
    const { storeUrl, storeKey } = this.#read(changes);
    const inspected = await inspectStore(storeUrl, storeKey);
    this.#signal.throwIfAborted();
    return inspected;
  }

  #inspect(changes: Environment): DiscordInspection {
    return new DiscordInspection(this.#read(changes).discord, this.#signal);
  }

  #read(changes: Environment): Config {
    return inspectConfig({ ...this.#environment, ...changes }, {}, noOperatorFile).config;
  }
}
