/** The right side: who is here, and who is not. */
import type { Member } from '../wire.ts';
import { type App, type View, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { avatarWithStatus } from './icons.ts';

export function createMemberList(app: App): View {
  const view = element('aside', { class: 'members' });
  return {
    element: view,
    render() {
      const { world } = app.state;
      if (!world) return;
      const words = wordsOf(app);
      const members = [...world.members.values()].sort((one, other) => Number(other.isBot) - Number(one.isBot));
      const online = members.filter((member) => member.isOnline);
      const offline = members.filter((member) => !member.isOnline);
      const row = (member: Member) =>
        element(
          'li',
          { class: member.isOnline ? 'member' : 'member is-offline' },
          avatarWithStatus(member),
          element('span', { class: 'label' }, member.name),
          member.isBot && element('span', { class: 'app-tag' }, words.app),
          member.id === world.memberId && element('small', {}, words.you),
        );
      view.setAttribute('aria-label', words.members);
      view.replaceChildren(
        element('h2', { class: 'section' }, words.onlineMembers(online.length)),
        element('ul', {}, ...online.map(row)),
        ...(offline.length > 0
          ? [
              element('h2', { class: 'section' }, words.offlineMembers(offline.length)),
              element('ul', {}, ...offline.map(row)),
            ]
          : []),
      );
    },
  };
}
