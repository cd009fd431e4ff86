/** Where browsers reach this program when members log in at tool servers, and how it makes sure who they are. */
import type { Settings } from './settings.ts';
import type { ToolServerConfig } from './tool-servers.ts';

export interface CallbackConfig {
  /** As browsers know it, without a slash at its end. Undefined: they cannot reach this program. */
  readonly publicUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Of the application at Discord. Undefined: nobody asks Discord who a browser belongs to. */
  readonly clientSecret: string | undefined;
  /** Where Discord asks browsers whose they are. */
  readonly authorizeUrl: string;
}

export function readCallback(settings: Settings): CallbackConfig {
  return {
    publicUrl: readPublicUrl(settings),
    host: settings.text('CALLBACK_HOST') ?? '127.0.0.1',
    port: settings.integer('CALLBACK_PORT', 1, 65_535) ?? 8_002,
    clientSecret: settings.secret('DISCORD_CLIENT_SECRET'),
    authorizeUrl:
      settings.url('DISCORD_AUTHORIZE_URL', 'the http(s) address of Discord’s OAuth2 page, normally left unset') ??
      'https://discord.com/oauth2/authorize',
  };
}

function readPublicUrl(settings: Settings): string | undefined {
  const meaning = 'the https address at which browsers reach the callback port, such as https://jupan.example.org';
  const value = settings.url('PUBLIC_URL', meaning);
  if (value === undefined) return undefined;
  const { protocol, hostname, origin, pathname, search, hash, username } = new URL(value);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if ((protocol === 'http:' && !isHere) || search !== '' || hash !== '' || username !== '')
    settings.report('PUBLIC_URL', `should be ${meaning}.`);
  return `${origin}${pathname}`.replace(/\/$/, '');
}

interface LoginNeeds {
  readonly toolServers: readonly ToolServerConfig[];
  readonly storeKey: string | undefined;
  readonly callback: CallbackConfig;
}

/** Tokens of members are not stored as they are, and a link that is passed on must bind nobody else. */
export function requireForLogins(settings: Settings, { toolServers, storeKey, callback }: LoginNeeds): void {
  const server = toolServers.find((config) => 'url' in config && config.login !== undefined);
  if (server === undefined) return;
  const why = `because members log in at the server "${server.name}" ("auth": "member" in MCP_CONFIG)`;
  if (storeKey === undefined)
    settings.report(
      'STORE_KEY',
      `is missing. It must be set ${why}: a secret such as the output of: openssl rand -base64 32`,
    );
  if (callback.publicUrl !== undefined && callback.clientSecret === undefined)
    settings.report(
      'DISCORD_CLIENT_SECRET',
      `is missing. It must be set beside PUBLIC_URL ${why}: https://discord.com/developers/applications (your application → OAuth2 → Client Secret).`,
    );
}
