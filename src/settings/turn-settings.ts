/** What of the resolved settings goes into the record of a turn: what differs from what the program does by itself. Pure. */
import type { TurnSettings } from '../agent/turn.ts';
import type { Resolved } from './resolve.ts';

/** Undefined where nothing does: the record is then as if there were no settings. */
export function toTurnSettings({ values, origins }: Pick<Resolved, 'values' | 'origins'>): TurnSettings | undefined {
  const { language, instructions, model, tools, approval, notices } = values;
  const hasToolsOff = tools.servers.length + tools.tools.length > 0;
  const settings: TurnSettings = {
    ...(language === 'discord' ? {} : { language }),
    ...(instructions.length === 0 ? {} : { instructions }),
    ...(model === undefined ? {} : { model }),
    ...(hasToolsOff ? { toolsOff: tools } : {}),
    ...(approval === undefined ? {} : { approval }),
    ...(origins.notices.includes('operator') ? {} : { notices }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}
