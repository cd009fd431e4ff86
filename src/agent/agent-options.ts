/** What the settings say of the agent. */
import type { Config } from '../config/types.ts';
import type { AgentOptions } from './create-agent.ts';
import { toLimits } from './limits.ts';

export function toAgentOptions(
  config: Config,
): Pick<
  AgentOptions,
  | 'model'
  | 'models'
  | 'toolServers'
  | 'guildServers'
  | 'keepsSecrets'
  | 'limits'
  | 'isSummarised'
  | 'budgets'
  | 'approverRoleIds'
  | 'publicUrl'
> {
  const { model, models, toolServers, guildServers, storeKey, history, budget, approval, callback } = config;
  return {
    model,
    models,
    toolServers,
    guildServers,
    keepsSecrets: storeKey !== undefined,
    limits: toLimits(config),
    isSummarised: history.isSummarised,
    budgets: budget.rules,
    publicUrl: callback.publicUrl,
    approverRoleIds: approval.roleIds,
  };
}
