/** Calls the simulated Discord and holds every answer against the schemas that Discord publishes. */

import { expect } from 'vitest';

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly unknown[] } };
}

// @ts-expect-error The package has types for its other entries only.
const schemas: Readonly<Record<string, Schema>> = await import('discord-api-spec/zod');

/** By method and route: the schema of a good answer; `[]` for a list of such. */
const answerSchemas: Readonly<Record<string, string>> = {
  'GET /gateway': 'GatewayResponseSchema',
  'GET /gateway/bot': 'GatewayBotResponseSchema',
  'GET /users/@me': 'UserPIIResponseSchema',
  'GET /users/@me/guilds': 'MyGuildResponseSchema[]',
  'POST /users/@me/channels': 'PrivateChannelResponseSchema',
  'GET /applications/@me': 'PrivateApplicationResponseSchema',
  'GET /applications/ID/commands': 'ApplicationCommandResponseSchema[]',
  'PUT /applications/ID/commands': 'ApplicationCommandResponseSchema[]',
  'GET /applications/ID/guilds/ID/commands': 'ApplicationCommandResponseSchema[]',
  'PUT /applications/ID/guilds/ID/commands': 'ApplicationCommandResponseSchema[]',
  'GET /guilds/ID': 'GuildWithCountsResponseSchema',
  'GET /guilds/ID/channels': 'GuildChannelResponseSchema[]',
  'GET /guilds/ID/threads/active': 'ThreadsResponseSchema',
  'GET /guilds/ID/members/ID': 'GuildMemberResponseSchema',
  'GET /channels/ID': 'GuildChannelResponseSchema',
  // The one that is opened again is a thread.
  'PATCH /channels/ID': 'ThreadResponseSchema',
  'GET /channels/ID/messages': 'MessageResponseSchema[]',
  'POST /channels/ID/messages': 'MessageResponseSchema',
  'GET /channels/ID/messages/ID': 'MessageResponseSchema',
  'POST /channels/ID/messages/ID/threads': 'ThreadResponseSchema',
  'PATCH /channels/ID/messages/ID': 'MessageResponseSchema',
  'POST /interactions/ID/TOKEN/callback': 'InteractionCallbackResponseSchema',
  'POST /webhooks/ID/TOKEN': 'MessageResponseSchema',
  'GET /webhooks/ID/TOKEN/messages/ID': 'MessageResponseSchema',
  'PATCH /webhooks/ID/TOKEN/messages/ID': 'MessageResponseSchema',
};

/** As `fetch`, and fails the test when the answer is not as Discord says its answers are. */
export async function checkedFetch(url: string | URL, init: object): Promise<Response> {
  const { method } = { method: 'GET', ...init };
  const response = await fetch(url, init);
  const text = await response.clone().text();
  if (response.status === 204 || response.status >= 500) return response;
  const name = response.ok ? answerSchemas[toKey(method, url)] : toErrorSchema(response.status);
  expect(name, `no published schema is known for ${method} ${url}`).toBeDefined();
  const body: unknown = JSON.parse(text);
  expectPublished(String(name), withoutUnpublished(body));
  return response;
}

/** Fails the test when the value does not fit the schema of that name. */
export function expectPublished(name: string, value: unknown): void {
  if (name.endsWith('[]')) {
    expect(value).toBeInstanceOf(Array);
    for (const item of Array.isArray(value) ? value : []) expectPublished(name.slice(0, -2), item);
    return;
  }
  expect(schemas[name]?.safeParse(value).error?.issues, `${name}: ${JSON.stringify(value)}`).toBeUndefined();
  expect(schemas[name]).toBeDefined();
}

function toErrorSchema(status: number): string {
  return status === 429 ? 'RatelimitedResponseSchema' : 'ErrorResponseSchema';
}

function toKey(method: string, url: string | URL): string {
  const path = new URL(url).pathname.replace('/api/v10', '');
  const named = path
    .replace(/^(\/(?:interactions|webhooks)\/\d+)\/[^/]+/, '$1/TOKEN')
    .replace(/\/(\d{17,20}|@original|%40original)/g, '/ID');
  return `${method} ${named}`;
}

/** What Discord documents and sends but the published schemas do not know: a deferred response is a resource of type 5, a forward a reference of type 1, and the codes inside `errors` are texts. */
function withoutUnpublished(body: unknown): unknown {
  if (Array.isArray(body)) return body;
  const { resource, errors, ...rest } = { resource: undefined, errors: undefined, ...Object(body) };
  const isPublished = resource !== undefined && Object(resource).type !== 5;
  const { message_reference: reference } = rest;
  const isForward = Object(reference).type === 1;
  return {
    ...rest,
    ...(isForward && { message_reference: { ...reference, type: 0 } }),
    ...(isPublished && { resource }),
  };
}
