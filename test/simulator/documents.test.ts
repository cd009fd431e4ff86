/** docs/discord.md and docs/openai.md: every assumption has a source, a place where it is simulated, and a test. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const head = ['what we take for granted', 'source', 'simulated in', 'test'];

test.each(['docs/discord.md', 'docs/openai.md'])('%s: every row names what is there', (path) => {
  const tables = [...readFileSync(path, 'utf8').matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => toRows(table));
  expect(tables.length).toBeGreaterThan(0);
  for (const [first, , ...rows] of tables) {
    expect(first).toEqual(head);
    for (const row of rows) {
      expect(row, row.join(' | ')).toHaveLength(head.length);
      const [assumption, source, simulated = '', tested = ''] = row;
      expect(assumption).not.toBe('');
      expect(source, assumption).not.toBe('');
      expect(missingOf(simulated, 'src/simulator/'), assumption).toEqual([]);
      expect(missingOf(tested, 'test/'), assumption).toEqual([]);
    }
  }
});

function toRows(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Files of a cell that do not exist or stand elsewhere; the cell itself when it names none. */
function missingOf(cell: string, folder: string): string[] {
  const named = [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
  return named.length === 0 ? [cell] : named.filter((file) => !file.startsWith(folder) || !existsSync(file));
}
