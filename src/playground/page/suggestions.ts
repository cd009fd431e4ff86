/** What the completion list offers for what has been typed so far. */
import type { Command, Member } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import type { Suggestion } from './completion.ts';
import { element } from './dom.ts';
import { avatarWithStatus } from './icons.ts';
import type { World } from './state.ts';

const mostMembers = 8;

export function suggestMembers(app: App, world: World, typed: string, choose: (name: string) => void): Suggestion[] {
  const words = wordsOf(app);
  const detail = (member: Member) => {
    const role = member.isBot ? words.app : member.id === world.memberId ? words.you : '';
    return [role, member.isOnline ? '' : words.offline].filter(Boolean).join(' · ');
  };
  return [...world.members.values()]
    .filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()))
    .sort((one, other) => Number(other.isBot) - Number(one.isBot) || one.name.localeCompare(other.name))
    .slice(0, mostMembers)
    .map((member) => ({
      picture: avatarWithStatus(member),
      label: member.name,
      detail: detail(member),
      choose: () => choose(member.name),
    }));
}

export function suggestCommands(world: World, typed: string, choose: (command: Command) => void): Suggestion[] {
  return world.commands
    .filter(({ kind }) => kind === 'slash')
    .filter(({ name }) => name.startsWith(typed.toLowerCase()))
    .map((command) => ({
      picture: element('span', { class: 'slash' }, '/'),
      label: [`/${command.name}`, ...command.options.map(({ name }) => name)].join(' '),
      detail: command.description,
      choose: () => choose(command),
    }));
}
