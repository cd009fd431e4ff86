/** The little Discord that a visitor finds: a Korean and an English guild, alike but for their language. */
import type { SimulatedDiscord } from '../simulator/discord/discord.ts';
import { toLocale } from './to-wire.ts';
import type { Language } from './wire.ts';

const guildNames: Readonly<Record<Language, { name: string; thread: string; admins: string; pupils: string }>> = {
  ko: { name: '주판 교실', thread: '곱셈 교실', admins: '관리자', pupils: '학생' },
  en: { name: 'Abacus Club', thread: 'Times tables', admins: 'Admins', pupils: 'Pupils' },
};

const memberNames: Readonly<Record<Language, readonly string[]>> = {
  ko: ['지민', '서연', '도윤', '하은', '민준', '유나', '준호', '소라'],
  en: ['Alex', 'Sam', 'Robin', 'Mina', 'Jordan', 'Casey', 'Noah', 'Ellie'],
};

export function furnish(discord: SimulatedDiscord): void {
  for (const language of ['ko', 'en'] as const) {
    const { name, thread, admins, pupils } = guildNames[language];
    const guild = discord.createGuild({ name, locale: toLocale(language) });
    discord.createChannel(guild, 'general').startThread(thread);
    discord.createChannel(guild, 'random');
    guild.createRole(admins, { permissions: ['ManageGuild'] });
    guild.createRole(pupils);
  }
}

/** A name for a newcomer that is not taken. */
export function pickName(language: Language, taken: readonly string[]): string {
  const names = memberNames[language];
  const free = names.filter((name) => !taken.includes(name));
  return free[Math.floor(Math.random() * free.length)] ?? `${names[0]} ${taken.length}`;
}
