/** What of the settings must never be printed: keys, passwords and tokens, as written and as they go over the wire. */
import type { Config } from './types.ts';

/** The SDK insists on a key; servers that need none ignore it. */
export const noKey = 'none';

/** Every secret once, the empty ones left out. */
export function findSecrets({ discord, model, storeUrl, storeKey, toolServers }: Config): string[] {
  const ofServers = toolServers.flatMap((server) =>
    'url' in server
      ? [
          ...Object.values(server.headers),
          ...findPassword(server.url),
          ...findQueryValues(server.url),
          ...(server.oauth === undefined ? [] : [server.oauth.clientSecret]),
        ]
      : Object.values(server.env),
  );
  const tokens = ofServers.flatMap((value) => [value, value.replace(/^\w+\s+/, '')]);
  return [...new Set([discord.token, model.apiKey, storeKey ?? '', ...findPassword(storeUrl), ...tokens])].filter(
    (secret) => secret !== '' && secret !== noKey,
  );
}

/** As written and as meant. */
function findPassword(address: string): string[] {
  const password = URL.canParse(address) ? new URL(address).password : '';
  return [password, decode(password)];
}

/** As written and as meant: some tool servers take their key in the address. */
function findQueryValues(address: string): string[] {
  return (new URL(address).search.match(/(?<==)[^&]+/g) ?? []).flatMap((value) => [value, decode(value)]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}
