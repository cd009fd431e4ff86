/** The dashboard and the alerts name metrics that there are. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Measures } from '../../src/ops/measures.ts';

const files = ['deploy/grafana-dashboard.json', 'deploy/alerts.yaml', 'docs/operations.md'];

test.each(files)('%s', async (file) => {
  const text = await new Measures().text({}, { running: 0, waiting: 0, unfinished: 0 });
  const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const named = readFileSync(file, 'utf8').matchAll(/\b(?:jupan|process|nodejs)_[a-z_]+\b/g);
  const unknown = [...named].map(([name]) => name).filter((name) => !known.has(name.replace(/_bucket$/, '')));
  expect(unknown).toEqual([]);
});

test('the dashboard is what Grafana reads: JSON with panels that have places and queries', () => {
  const { panels, title, schemaVersion } = JSON.parse(readFileSync('deploy/grafana-dashboard.json', 'utf8'));
  expect(title).toBe('Jupan');
  expect(schemaVersion).toBeGreaterThan(30);
  for (const { id, gridPos, targets } of panels) {
    expect([id, gridPos.x + gridPos.w <= 24]).toEqual([expect.any(Number), true]);
    for (const { expr } of targets) expect(expr).toMatch(/_/);
  }
  expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
});
