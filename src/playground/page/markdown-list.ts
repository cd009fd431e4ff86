/** Lists, which the markdown library leaves out: `- item`, `* item`, `1. item`, deeper ones by indentation. */
import { type rules, SimpleMarkdown } from 'discord-markdown-parser';

type Rule = (typeof rules)[string];

const listLines = /^ *(?:[-*]|\d{1,9}\.) +[^\n]*(?:\n *(?:[-*]|\d{1,9}\.) +[^\n]*|\n {2,}[^\n]+)*(?:\n|$)/;
const firstLine = /^( *)(?:[-*]|(\d{1,9})\.) +/;
const deepestList = 8;

/** Gives nodes `{ items: tree[][], start? }`; `start` only for numbered lists. */
export const listRule: Rule = {
  order: SimpleMarkdown.defaultRules.codeBlock.order,
  match(source, state, before) {
    const isLineStart = before === '' || before.endsWith('\n');
    return isLineStart && depthOf(state) < deepestList ? listLines.exec(source) : null;
  },
  parse(capture, parse, state) {
    const text = capture[0] ?? '';
    const indentation = /^ */.exec(text)?.[0].length ?? 0;
    const within = () => ({ ...state, prevCapture: null, listDepth: depthOf(state) + 1 });
    return splitLists(text, indentation).map(({ start, items }) => ({
      type: 'list',
      items: items.map((item) => parse(item, within())),
      ...(start === undefined ? {} : { start }),
    }));
  },
};

interface List {
  /** Undefined for bullets. */
  readonly start: string | undefined;
  /** Without marker and indentation; lines that are indented deeper stay with the item above. */
  readonly items: string[];
}

function splitLists(text: string, indentation: number): List[] {
  const lists: List[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [marker, spaces = '', start] = firstLine.exec(line) ?? [];
    const list = lists.at(-1);
    if (marker === undefined || spaces.length > indentation + 1) {
      const inner = line.slice(Math.min(indentation + 2, line.search(/\S|$/)));
      list?.items.push(`${list.items.pop() ?? ''}\n${inner}`);
    } else if (list && (list.start === undefined) === (start === undefined)) {
      list.items.push(line.slice(marker.length));
    } else {
      lists.push({ start, items: [line.slice(marker.length)] });
    }
  }
  return lists;
}

function depthOf(state: { readonly [key: string]: unknown }): number {
  return typeof state.listDepth === 'number' ? state.listDepth : 0;
}
