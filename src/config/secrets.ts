/** What of an address must never be printed: as it is written there, and as it is meant. */

/** Names that every such server has: they tell nothing, and the log uses the words. */
const openNames = new Set(['postgres', 'default']);

/**
 * The user's name and password, and the values behind the question mark: some servers take their key there.
 * @param isSecret Which of those values, by their name. Default: all.
 */
export function findSecretsIn(address: string, isSecret: (name: string) => boolean = () => true): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, search } = new URL(address);
  const values = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='))
    .flatMap(([name = '', ...value]) => (isSecret(name) ? [value.join('=')] : []));
  return [username, password, ...values].flatMap((value) => {
    const meant = decode(value);
    return value === '' || openNames.has(meant) ? [] : [...new Set([value, meant])];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}
