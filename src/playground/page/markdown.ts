/** Discord's markdown to elements. The library finds the structure; text is only ever set as text, links only to the web. */
import { rulesExtended, SimpleMarkdown } from 'discord-markdown-parser';
import { element } from './dom.ts';
import { listRule } from './markdown-list.ts';

/** Names of what a message may mention; undefined for what is not known. */
export interface Mentionable {
  readonly memberId: string;
  userName(id: string): string | undefined;
  channelName(id: string): string | undefined;
}

/** A node of the library's tree, whose fields depend on its type. */
type Tree = Readonly<Record<string, unknown>>;

const parse = SimpleMarkdown.parserFor({ ...rulesExtended, list: listRule });

export function renderMarkdown(text: string, mentionable: Mentionable): Node[] {
  try {
    return renderAll(parse(text, { inline: true }), mentionable);
  } catch {
    // The library gives up on text that it has no rule for; the member still gets to read it.
    return [document.createTextNode(text)];
  }
}

/** The text alone, in one line: for quoting a message in a few words. */
export function plainText(text: string, mentionable: Mentionable): string {
  const holder = element('span', {}, ...renderMarkdown(text, mentionable));
  return holder.textContent.replace(/\s+/g, ' ').trim();
}

function renderAll(content: unknown, mentionable: Mentionable): Node[] {
  if (typeof content === 'string') return [document.createTextNode(content)];
  if (!Array.isArray(content)) return [];
  const nodes: Node[] = [];
  for (const item of content) {
    if (!isTree(item)) continue;
    const node = render(item, mentionable);
    // A block ends its line by itself: the line break after it would show as an empty line.
    if (node.nodeValue === '\n' && nodes.at(-1)?.nodeName === 'PRE') continue;
    nodes.push(node);
  }
  return nodes;
}

function render(tree: Tree, mentionable: Mentionable): Node {
  const inside = () => renderAll(tree.content, mentionable);
  switch (tree.type) {
    case 'strong':
    case 'em':
    case 'u':
    case 'underline':
      return element(tree.type === 'underline' ? 'u' : tree.type, {}, ...inside());
    case 'del':
    case 'strikethrough':
      return element('s', {}, ...inside());
    case 'inlineCode':
      return element('code', {}, ...inside());
    case 'codeBlock':
      return element('pre', {}, element('code', { attributes: { 'data-language': textOf(tree.lang) } }, ...inside()));
    case 'blockQuote':
      return element('blockquote', {}, ...inside());
    case 'heading':
      return element(headingTag(tree.level), {}, ...inside());
    case 'subtext':
      return element('small', {}, ...inside());
    case 'list':
      return renderList(tree, mentionable);
    case 'spoiler':
      return spoiler(inside());
    case 'br':
    case 'newline':
      return document.createTextNode('\n');
    case 'link':
    case 'url':
    case 'autolink':
      return link(textOf(tree.target), inside());
    case 'user':
      return mention(`@${mentionable.userName(textOf(tree.id)) ?? '?'}`, tree.id === mentionable.memberId);
    case 'channel':
      return mention(`#${mentionable.channelName(textOf(tree.id)) ?? '?'}`, false);
    case 'role':
      return mention('@?', false);
    case 'everyone':
    case 'here':
      return mention(`@${tree.type}`, true);
    case 'slashCommand':
      return mention(`/${textOf(tree.fullName)}`, false);
    case 'timestamp':
      return time(Number(tree.timestamp));
    case 'twemoji':
    case 'emoji':
      return document.createTextNode(tree.type === 'emoji' ? `:${textOf(tree.name)}:` : textOf(tree.name));
    default:
      return element('span', {}, ...inside());
  }
}

function renderList(tree: Tree, mentionable: Mentionable): HTMLElement {
  const items = Array.isArray(tree.items) ? tree.items : [];
  const children = items.map((item) => element('li', {}, ...renderAll(item, mentionable)));
  if (tree.start === undefined) return element('ul', {}, ...children);
  return element('ol', { attributes: { start: Number(tree.start) } }, ...children);
}

function headingTag(level: unknown): 'h3' | 'h4' | 'h5' {
  return level === 1 ? 'h3' : level === 2 ? 'h4' : 'h5';
}

/** Anything but a web address stays plain text: `javascript:` and its like must not become a link. */
function link(target: string, inside: readonly Node[]): Node {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return element('span', {}, ...inside);
  return element(
    'a',
    { attributes: { href: target, title: target, target: '_blank', rel: 'noopener noreferrer nofollow' } },
    ...inside,
  );
}

function mention(label: string, isMine: boolean): HTMLElement {
  return element('span', { class: isMine ? 'mention is-mine' : 'mention' }, label);
}

function spoiler(inside: readonly Node[]): HTMLElement {
  const cover = element(
    'button',
    { class: 'spoiler', attributes: { type: 'button', 'aria-expanded': 'false' } },
    element('span', {}, ...inside),
  );
  cover.addEventListener('click', () => cover.setAttribute('aria-expanded', 'true'));
  return cover;
}

function time(seconds: number): Node {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(String(seconds));
  return element(
    'time',
    { attributes: { datetime: date.toISOString() } },
    date.toLocaleString(document.documentElement.lang),
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
