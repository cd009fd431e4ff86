/** The application that the bot belongs to, as Discord describes it. Source: https://docs.discord.com/developers/resources/application#get-current-application */
import { DefaultRestOptions, REST, Routes } from 'discord.js';
import type { DiscordConfig } from '../../config/types.ts';
import { isRecord } from '../../json.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { isTokenRefused } from './token.ts';

export interface OwnApplication {
  readonly id: string;
  /** What Discord signs with, in hexadecimal digits. */
  readonly publicKey: string;
  /** Where Discord posts interactions. Undefined: it tells them over the gateway. */
  readonly endpointUrl: string | undefined;
}

const retries = { firstMs: 500, longestMs: 30_000 };

/** Asks until Discord says it. Rejects when the signal aborts, or Discord refuses the token. */
export async function askOwnApplication(
  { token, apiUrl: api }: Pick<DiscordConfig, 'token' | 'apiUrl'>,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<OwnApplication> {
  const rest = new REST({ ...DefaultRestOptions, api, retries: 0 }).setToken(token);
  const onRetry = (error: unknown, retryInMs: number) => log.warn('application-not-read', { error, retryInMs });
  const ask = () => rest.get(Routes.currentApplication(), { signal });
  try {
    return toApplication(await withRetries(ask, { ...retries, signal, isFinal: isTokenRefused, onRetry }));
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
}

function toApplication(answer: unknown): OwnApplication {
  const application = isRecord(answer) ? answer : {};
  const { id, verify_key: publicKey } = application;
  return { id: String(id), publicKey: String(publicKey), endpointUrl: readEndpointUrl(application) };
}

/** Of Discord's JSON of an application. */
export function readEndpointUrl({
  interactions_endpoint_url: url,
}: Readonly<Record<string, unknown>>): string | undefined {
  return typeof url === 'string' && url !== '' ? url : undefined;
}
