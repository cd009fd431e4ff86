/** The page's own drawings: line icons, and the avatars of members and bot. */
import type { Member } from '../wire.ts';
import { element, svg } from './dom.ts';

const paths = {
  hash: 'M9.5 3 7.5 21M16.5 3l-2 18M4 8.5h17M3 15.5h17',
  thread: 'M5 4v7a4 4 0 0 0 4 4h10m-4-4 4 4-4 4',
  newThread: 'M20 11V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2v4l4-4h1M17 13v8m-4-4h8',
  reply: 'M9 14 4 9l5-5M4 9h9a7 7 0 0 1 7 7v3',
  forward: 'M15 14l5-5-5-5M20 9h-9a7 7 0 0 0-7 7v3',
  more: 'M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2M19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2',
  attach: 'M12 5v14M5 12h14',
  app: 'M4 4h16v16H4zM8 4v16M16 4v16M4 9h16',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M4 7h16M9 7V4h6v3m-8 0 1 13h8l1-13M10 11v5m4-5v5',
  send: 'M4 12 20 4l-5 16-4-6z',
  sun: 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6 6 18',
  down: 'M12 5v14m-6-6 6 6 6-6',
  eye: 'M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  warning: 'M12 4 2.5 20h19zM12 10v4m0 3v.01',
  download: 'M12 3v12m-5-5 5 5 5-5M4 20h16',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
} as const;

export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGElement {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: paths[name] }),
  );
}

/** A picture of whoever it is; `isBot` draws the abacus. Hidden from screen readers: a name stands beside it. */
export function avatar({ id, name, isBot }: Pick<Member, 'id' | 'name' | 'isBot'>): HTMLElement {
  const picture = element('span', { class: 'avatar', attributes: { 'aria-hidden': 'true' } });
  if (isBot) {
    picture.append(element('img', { attributes: { src: '/icon.svg', alt: '' } }));
  } else {
    picture.style.setProperty('--hue', String(hueOf(id)));
    picture.append([...name][0]?.toUpperCase() ?? '?');
  }
  return picture;
}

/** The same avatar with the green or grey dot. */
export function avatarWithStatus(member: Member): HTMLElement {
  const dot = element('span', { class: member.isOnline ? 'dot is-online' : 'dot' });
  return element('span', { class: 'avatar-frame', attributes: { 'aria-hidden': 'true' } }, avatar(member), dot);
}

function hueOf(id: string): number {
  let sum = 7;
  for (const character of id) sum = (sum * 33 + character.charCodeAt(0)) % 100_003;
  return (sum * 47) % 360;
}

/** Three dots that pulse, for «is thinking» and «is typing», and on a button that was pressed. */
export function dots(): HTMLElement {
  const dot = () => element('span');
  return element('span', { class: 'dots', attributes: { 'aria-hidden': 'true' } }, dot(), dot(), dot());
}
