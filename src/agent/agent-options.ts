/** What the settings say of the agent. */
import type { Config } from '../config/types.ts';
import type { AgentOptions } from './create-agent.ts';
import { toLimits } from './limits.ts';

export function toAgentOptions(
  config: Config,
): Pick<AgentOptions, 'model' | 'toolServers' | 'limits' | 'isSummarised' | 'budgets' | 'publicUrl'> {
  const { model, toolServers, history, budget, callback } = config;
  return {
    model,
    toolServers,
    limits: toLimits(config),
    isSummarised: history.isSummarised,
    budgets: budget.rules,
    publicUrl: callback.publicUrl,
  };
}
