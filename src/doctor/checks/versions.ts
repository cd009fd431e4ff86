/** What runs here. */
import type { Check } from '../check.ts';

const oldestNode = 24;

export const checkVersions: Check = async ({ words, version }) => {
  const { node } = process.versions;
  return Number.parseInt(node, 10) < oldestNode
    ? [{ status: 'problem', text: words.nodeOld(node, oldestNode), advice: words.nodeTodo }]
    : [{ status: 'ok', text: words.versionsFine(version, node) }];
};
