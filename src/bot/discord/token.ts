/** The bot token: what to say when Discord refuses it. */
import { DefaultUserAgent, DiscordAPIError, DiscordjsError, DiscordjsErrorCodes } from 'discord.js';
import { ConfigError, type SettingProblem } from '../../errors.ts';

const refused: SettingProblem = {
  variable: 'DISCORD_TOKEN',
  advice:
    'is refused by Discord. It should hold the current bot token from https://discord.com/developers/applications ' +
    '(your application → Bot → Reset Token): each reset makes the one before useless.',
};

export function tokenRefused(cause?: unknown): ConfigError {
  return new ConfigError([refused], { cause });
}

/** Whether a request or a log-in failed for the token. */
export function isTokenRefused(error: unknown): boolean {
  const isInvalid = error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid;
  const isUnauthorized = error instanceof DiscordAPIError && error.status === 401;
  // The words of discord.js for close code 4004 during the log-in: it keeps no code.
  return isInvalid || isUnauthorized || (error instanceof Error && error.message === 'Authentication failed');
}

/** Asks Discord whether it takes the token, without logging in. @returns the problem, or nothing when the token is fine or Discord is out of reach. */
export async function checkToken(
  token: string,
  apiUrl: string,
  signal: AbortSignal,
): Promise<readonly SettingProblem[]> {
  const headers = {
    authorization: `Bot ${token}`,
    // Others may be turned away before Discord's API sees them. Source: https://discord.com/developers/docs/reference#user-agent
    'user-agent': DefaultUserAgent,
  };
  const response = await fetch(`${apiUrl}/v10/gateway/bot`, { headers, signal });
  await response.body?.cancel();
  return response.status === 401 ? [refused] : [];
}
