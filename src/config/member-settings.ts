/** What is set where people are: the operator's layer of it, and what may be chosen. Of the operator's file and the environment. */
import { meaningful } from '../settings/layer.ts';
import type { OperatorSettings } from '../settings/resolve.ts';
import type { ModelConfig, Prices } from './model.ts';
import type { OperatorFile } from './operator-schema.ts';
import type { ShowingConfig } from './showing.ts';

/** A model that can be chosen. What is absent is as for the operator's own. */
export interface ChoosableModel {
  readonly name: string;
  readonly reasoningEffort?: string;
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
  /** Absent: those that are known for it. */
  readonly prices?: Prices;
}

/** The models of the file, without the operator's own. */
export function toChoosableModels({ models = [] }: OperatorFile): ChoosableModel[] {
  return models.map((model) => {
    if (typeof model === 'string') return { name: model };
    const { name, reasoningEffort, temperature, maxOutputTokens, prices } = model;
    return {
      name,
      ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      ...(prices === undefined ? {} : { prices }),
    };
  });
}

/** The variables of the environment name what holds where nobody has set something else. */
export function toOperatorSettings(
  { models = [], settings: { defaults = {}, settable = {} } = {} }: OperatorFile,
  { name }: Pick<ModelConfig, 'name'>,
  { notices }: Pick<ShowingConfig, 'notices'>,
): OperatorSettings {
  const { language, toolsOff, approval, private: isPrivate, threads } = defaults;
  const choices = models.map((model) => {
    if (typeof model === 'string') return { name: model };
    return { name: model.name, ...(model.description === undefined ? {} : { description: model.description }) };
  });
  return {
    defaults: {
      notices,
      ...(language === undefined ? {} : { language }),
      ...(toolsOff === undefined ? {} : { tools: toolsOff }),
      ...(approval === undefined
        ? {}
        : { approval: { when: approval.when, ...(approval.notAsker === true ? { notAsker: true } : {}) } }),
      ...(isPrivate === undefined ? {} : { private: isPrivate }),
      ...(threads === undefined ? {} : { threads }),
    },
    models: choices.some((choice) => choice.name === name) ? choices : [{ name }, ...choices],
    settable: {
      server: settable.server ?? meaningful.server,
      channel: settable.channel ?? meaningful.channel,
      person: settable.person ?? meaningful.person,
    },
  };
}
