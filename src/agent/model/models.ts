/** The models that turns can be asked with: the operator's own, and others on the same server that can be chosen by name. */
import type { ChoosableModel, ModelConfig } from '../../config/types.ts';
import type { ModelOptions } from './chat-completions.ts';
import { createModel } from './model.ts';
import type { Model } from './types.ts';

export interface Models {
  /** The operator's own. */
  readonly usual: Model;
  /** @param name Undefined: the operator's own. One that is offered no more is asked all the same: a turn that began with it goes on with it. */
  of(name: string | undefined): Model;
}

/** Names of models that were offered once and stand in records: more of them than an operator will ever have offered. */
const mostOthers = 100;

/** Each learns for itself what its server does not take. */
export function createModels(config: ModelConfig, choosable: readonly ChoosableModel[], options: ModelOptions): Models {
  const usual = createModel(config, options);
  const others = new Map<string, Model>();
  return {
    usual,
    of(name) {
      if (name === undefined || name === config.name) return usual;
      const made = others.get(name) ?? createModel(toConfig(name, config, choosable), options);
      if (others.size < mostOthers) others.set(name, made);
      return made;
    },
  };
}

/** Prices and successor of the operator's own model are not those of another. */
function toConfig(name: string, config: ModelConfig, choosable: readonly ChoosableModel[]): ModelConfig {
  const chosen = choosable.find((model) => model.name === name);
  return { ...config, prices: undefined, ...chosen, name, isDefault: false };
}
