/** What the settings say of the agent. */
import type { Config } from '../config/types.ts';
import type { AgentOptions } from './create-agent.ts';
import { toLimits } from './limits.ts';

export function toAgentOptions(
  config: Config,
): Pick<AgentOptions, 'model' | 'models' | 'toolServers' | 'limits' | 'isSummarised' | 'budgets' | 'approverRoleIds'> {
  const { model, models, toolServers, history, budget, approval } = config;
  return {
    model,
    models,
    toolServers,
    limits: toLimits(config),
    isSummarised: history.isSummarised,
    budgets: budget.rules,
    approverRoleIds: approval.roleIds,
  };
}
