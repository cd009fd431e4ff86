/** The settings of servers, channels and people: read anew for each question, so that a change holds from the next one on. */
import type { TakeOptions } from '../../../agent/agent.ts';
import type { Documents } from '../../../agent/document.ts';
import type { Logger } from '../../../log.ts';
import { dependsOnRoles, lets } from '../../../settings/access.ts';
import { settingsDocuments } from '../../../settings/document-kind.ts';
import type { Layer, Scope, SettingName } from '../../../settings/layer.ts';
import {
  type Layers,
  type OperatorSettings,
  type Resolved,
  resolve,
  type SettingValues,
} from '../../../settings/resolve.ts';
import {
  changeSetting,
  documentKey,
  emptyDocument,
  type NewValue,
  type ScopeDocument,
} from '../../../settings/scope-document.ts';
import { toTurnSettings } from '../../../settings/turn-settings.ts';
import type { SettingsPlace } from './place.ts';

export interface StoredSettingsOptions {
  readonly documents: Documents;
  readonly operator: OperatorSettings;
  readonly log: Logger;
}

/** What must be known of a question before it is taken: where its answer is to stand, and who sees it. */
export type Placing = Pick<SettingValues, 'private' | 'threads'>;

/** Places of which it is remembered how questions there are placed. */
const mostRemembered = 10_000;

export class StoredSettings {
  readonly operator: OperatorSettings;
  readonly #documents: Documents;
  readonly #log: Logger;
  readonly #placings = new Map<string, Placing>();
  /** By channel: the last one that asked where it belongs. */
  readonly #askedLast = new Map<string, Promise<unknown>>();

  constructor({ documents, operator, log }: StoredSettingsOptions) {
    this.operator = operator;
    this.#documents = documents;
    this.#log = log;
  }

  /** @throws {AppError} `store-failed`. */
  async load(scope: Scope, id: string): Promise<ScopeDocument> {
    return (await this.#documents.load(settingsDocuments, documentKey(scope, id))) ?? emptyDocument;
  }

  /** What is set at a place. @throws {AppError} `store-failed`. */
  async layers(place: SettingsPlace): Promise<Layers> {
    const read = async (scope: Scope, id: string | undefined): Promise<Layer> =>
      id === undefined ? {} : (await this.load(scope, id)).layer;
    const [server, channel, person] = await Promise.all([
      read('server', place.guildId),
      read('channel', place.guildId === undefined ? undefined : place.channelId),
      read('person', place.userId),
    ]);
    return { server, channel, person };
  }

  /** @throws {AppError} `store-failed`. */
  async resolve(place: SettingsPlace): Promise<Resolved> {
    return this.resolveLayers(await this.layers(place));
  }

  resolveLayers(layers: Layers): Resolved {
    return resolve(this.operator, layers);
  }

  /**
   * What goes into the record of a question that is asked there, or that it may not be asked: nothing is asked before it is known.
   * @param roleIds Of whoever asks; called where it matters.
   */
  completing(place: SettingsPlace, roleIds: () => Promise<readonly string[]>): NonNullable<TakeOptions['complete']> {
    return async ({ settings: _, ...question }) => {
      const resolved = await this.resolve(place);
      if (!(await this.mayAsk(resolved, place, roleIds))) {
        this.#log.info('question-refused', { turnId: question.id, channelId: question.channelId });
        return 'refused';
      }
      const settings = toTurnSettings(resolved);
      return settings === undefined ? question : { ...question, settings };
    };
  }

  async mayAsk(
    { values: { access } }: Resolved,
    { guildId, channelIds }: SettingsPlace,
    roleIds: () => Promise<readonly string[]>,
  ): Promise<boolean> {
    const own = dependsOnRoles(access) ? await roleIds() : [];
    // Everybody has the role of everybody, which is named as the guild is.
    return lets(access, { roleIds: guildId === undefined ? own : [...own, guildId], channelIds });
  }

  /**
   * How a question there is placed where the asker does not say. Those who ask in one channel are told in the order they asked.
   * Where the store does not say, it is as it was the last time, and before that as the operator says: Discord waits for no store.
   */
  async placing(place: SettingsPlace): Promise<Placing> {
    const before = this.#askedLast.get(place.channelId);
    const reading = this.resolve(place).then(
      ({ values }) => this.#remember(toKey(place), { private: values.private, threads: values.threads }),
      (error: unknown) => {
        this.#log.warn('settings-not-read', { channelId: place.channelId, error });
        return this.lastPlacing(place);
      },
    );
    const told = (before ?? Promise.resolve()).then(() => reading);
    this.#askedLast.set(place.channelId, told);
    const placing = await told;
    if (this.#askedLast.get(place.channelId) === told) this.#askedLast.delete(place.channelId);
    return placing;
  }

  /** As {@link placing}, without asking the store. */
  lastPlacing(place: SettingsPlace): Placing {
    const { private: isPrivate = false, threads = false } = this.operator.defaults;
    return this.#placings.get(toKey(place)) ?? { private: isPrivate, threads };
  }

  /**
   * @param toNewValue Of the layer as it stands: somebody else may have changed it since it was shown.
   * @throws {AppError} `store-failed`: nothing is changed.
   */
  async change(scope: Scope, id: string, toNewValue: (layer: Layer) => NewValue, by: string): Promise<void> {
    let changedSetting: SettingName | undefined;
    await this.#documents.change(settingsDocuments, documentKey(scope, id), (stored = emptyDocument) => {
      const change = toNewValue(stored.layer);
      const changed = changeSetting(stored, change, { at: Date.now(), by });
      changedSetting = changed === stored ? undefined : change.setting;
      return changed;
    });
    // Never what somebody wrote.
    if (changedSetting !== undefined) this.#log.info('setting-changed', { scope, id, setting: changedSetting, by });
  }

  /** Deletes a person's own. @throws {AppError} `store-failed`. */
  async forgetPerson(userId: string): Promise<void> {
    await this.#documents.change(settingsDocuments, documentKey('person', userId), () => undefined);
  }

  #remember(key: string, placing: Placing): Placing {
    this.#placings.delete(key);
    this.#placings.set(key, placing);
    const [oldest] = this.#placings.keys();
    if (oldest !== undefined && this.#placings.size > mostRemembered) this.#placings.delete(oldest);
    return placing;
  }
}

function toKey({ guildId, channelId, userId }: SettingsPlace): string {
  return [guildId, channelId, userId].join(' ');
}
