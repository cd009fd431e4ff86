/** Fields of the file that MCP_CONFIG names whose names are nearly those that are read. */
import { isRecord } from '../json.ts';

const knownFields = [
  ...['url', 'headers', 'type', 'auth', 'oauth', 'command', 'args', 'env', 'cwd', 'disabled'],
  ...[
    'allow',
    'deny',
    'always',
    'trusted',
    'prefix',
    'approval',
    'prompts',
    'resources',
    'timeoutSeconds',
    'maxTimeoutSeconds',
  ],
];

/** A misspelt field would leave a server unprotected without a word. Fields that other hosts know are none of our business. */
export function findMisspelt(entry: unknown): string[] {
  const fields = isRecord(entry) ? Object.keys(entry) : [];
  return fields.flatMap((field) => {
    const meant = knownFields.includes(field) ? undefined : knownFields.find((known) => isNearly(field, known));
    return meant === undefined ? [] : [`has a field "${field}". Did you mean "${meant}"?`];
  });
}

/** One letter too many, too few or another, or two exchanged. */
function isNearly(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
