/** Source files as trees, for the checks of our own. */
import { parseSync } from 'oxc-parser';
import { isRecord } from '../src/json.ts';

export interface SyntaxNode extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

/**
 * Every node of a file, types included.
 * @throws {Error} when it cannot be parsed: a file that nobody could read was not checked.
 */
export function parseNodes(path: string, source: string): SyntaxNode[] {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  return findNodes(program);
}

export function lineOf({ start }: SyntaxNode, source: string): number {
  return source.slice(0, Number(start)).split('\n').length;
}

/** The text that a node stands for; undefined where that shows only when the program runs. */
export function textOf(node: unknown): string | undefined {
  if (!isRecord(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  const [only, ...more] = node.type === 'TemplateLiteral' && Array.isArray(node.quasis) ? node.quasis : [];
  return isRecord(only) && more.length === 0 && isRecord(only.value) ? String(only.value.cooked) : undefined;
}

/** What a call or `new` names, and its first argument. */
export function callOf({
  type,
  callee,
  arguments: given,
}: SyntaxNode): { name: string; argument: unknown } | undefined {
  const isCall = type === 'CallExpression' || type === 'NewExpression';
  if (!isCall || !isRecord(callee) || callee.type !== 'Identifier' || !Array.isArray(given)) return undefined;
  return { name: String(callee.name), argument: given[0] };
}

function findNodes(value: unknown): SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(findNodes);
  if (!isRecord(value)) return [];
  const below = Object.values(value).flatMap(findNodes);
  return isNode(value) ? [value, ...below] : below;
}

function isNode(value: Readonly<Record<string, unknown>>): value is SyntaxNode {
  return typeof value.type === 'string';
}
