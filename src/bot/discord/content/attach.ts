/** `/attach`: a question about something that a tool server has, which comes along as a file would. */
import type { ChatInputCommandInteraction } from 'discord.js';
import type { AgentContent } from '../../../agent/agent.ts';
import { type OfferedResource, toContentId } from '../../../agent/offered-content.ts';
import type { Attachment } from '../../../agent/turn.ts';
import { toShownLine } from '../../../text.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { mayAsk, toAsker } from '../access.ts';
import { type AskOptions, ask } from '../asking.ts';
import { type Suggestion, tell, tellText } from '../controls/control.ts';
import { questionOptionName, resourceOptionName } from './content-commands.ts';
import { toSuggestion } from './suggestion.ts';
import { isOfTemplate, typedVariable } from './uri-template.ts';

/** Discord waits 3 s for an answer to the command. */
const findWithinMs = 1_500;
const mostSuggestions = 25;
/** Templates whose variables are asked about at once. */
const mostAsked = 3;
const longestName = 200;
const longestAddress = 1_500;

export async function attach(
  interaction: ChatInputCommandInteraction,
  content: AgentContent | undefined,
  asking: AskOptions,
): Promise<void> {
  if (!mayAsk(asking.access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const given = interaction.options.getString(resourceOptionName, true).trim();
  const words = interaction.options.getString(questionOptionName)?.trim() ?? '';
  const texts = catalogues[toLanguage(interaction.locale)].commands.content;
  const resources = (await content?.resources(AbortSignal.timeout(findWithinMs))) ?? [];
  const found = findResource(given, resources);
  if (found === undefined) return await tellText(interaction, texts.noSuchResource);
  if (found.isTemplate) {
    const uri = `\`${toShownLine(found.uri, longestAddress).replaceAll('`', "'")}\``;
    return await tellText(
      interaction,
      texts.openVariables.replace('{uri}', () => uri),
    );
  }
  const attachment: Attachment = {
    name: toShownLine(found.name, longestName) || '?',
    bytes: 0,
    url: '',
    source: { type: 'resource', server: found.server, uri: found.uri },
  };
  await ask(interaction, { words, wordless: 'files', broughtAlong: { attachments: [attachment] } }, asking);
}

/** A resource, by what was suggested or by its address; a template only where its variables are not filled in. */
function findResource(given: string, resources: readonly OfferedResource[]): OfferedResource | undefined {
  const listed = resources.find(({ server, uri }) => uri === given || toContentId(server, uri) === given);
  if (listed !== undefined) return listed;
  const template = resources.find(({ isTemplate, uri }) => isTemplate && isOfTemplate(uri, given));
  return template && { ...template, uri: given, name: given, isTemplate: false };
}

/** What may be picked for what is typed: what the templates that it fits lead to, then whatever has it in its name or address. */
export async function suggestResources(
  typed: string,
  content: AgentContent,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const wanted = typed.trim();
  const resources = await content.resources(signal);
  const filled = await suggestVariables(wanted, resources, content, signal);
  const word = wanted.toLowerCase();
  const isMeant = ({ name, uri }: OfferedResource) => `${name}\n${uri}`.toLowerCase().includes(word);
  const rank = ({ name, uri }: OfferedResource) =>
    name.toLowerCase().startsWith(word) || uri.toLowerCase().startsWith(word) ? 0 : 1;
  const named = resources
    .filter(isMeant)
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, mostSuggestions)
    .flatMap((resource) => toResourceSuggestion(resource) ?? []);
  return [...filled, ...named].slice(0, mostSuggestions);
}

/** An address that two servers have, or that is too long, is picked by what names it with its server. */
function toResourceSuggestion({ server, uri, name }: OfferedResource): Suggestion | undefined {
  const shown = name === uri ? `${uri} – ${server}` : `${name} – ${server} – ${uri}`;
  return toSuggestion(shown, toContentId(server, uri));
}

async function suggestVariables(
  typed: string,
  resources: readonly OfferedResource[],
  content: AgentContent,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  if (typed === '') return [];
  const open = resources
    .filter(({ isTemplate }) => isTemplate)
    .flatMap(({ server, uri }) => {
      const variable = typedVariable(uri, typed);
      return variable === undefined ? [] : [{ server, uri, ...variable }];
    });
  const lists = await Promise.all(
    open.slice(0, mostAsked).map(async ({ server, uri, variable, typed: value, given, fill }) => {
      const typing = { of: { type: 'resource', uri }, argument: variable, typed: value, given } as const;
      const values = await content.suggest(server, typing, signal);
      return values.map(fill);
    }),
  );
  const isWhole = open.some(({ uri }) => isOfTemplate(uri, typed));
  const addresses = new Set([...(isWhole ? [typed] : []), ...lists.flat()]);
  return [...addresses].flatMap((address) => toSuggestion(address) ?? []);
}
