/** The commands that tool servers' prompts and resources come to: those that there are, and those that members can see already. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { AgentContent } from '../../../agent/agent.ts';
import { type OfferedPrompt, type ServerContent, toContentId } from '../../../agent/offered-content.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import { type PromptCommand, toPromptCommands } from './prompt-commands.ts';

export const promptCommandName = 'prompt';
export const promptOptionName = 'prompt';
export const attachCommandName = 'attach';
export const resourceOptionName = 'resource';
export const questionOptionName = 'question';

/** A prompt, however it is reached. */
export interface ChosenPrompt {
  readonly server: string;
  readonly prompt: OfferedPrompt;
}

/** What is registered of it. */
export interface ContentDefinitions {
  readonly definitions: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[];
  readonly prompts: readonly PromptCommand[];
}

export class ContentCommands {
  readonly #others: readonly string[];
  #content: readonly ServerContent[] = [];
  #registered: readonly PromptCommand[] = [];
  #coming: readonly PromptCommand[] = [];
  readonly #known = Promise.withResolvers<void>();

  /** @param others Names of the commands that there are besides. */
  constructor(others: readonly string[]) {
    this.#others = [...others, promptCommandName, attachCommandName];
  }

  /** Of all servers, as far as they were ever heard of. */
  get content(): readonly ServerContent[] {
    return this.#content;
  }

  /** What servers offer now goes before what is known of them from earlier; of servers that are no more, nothing is kept. */
  update(
    { servers, offered }: Pick<AgentContent, 'servers' | 'offered'>,
    earlier: readonly ServerContent[] = [],
  ): void {
    const known = [...offered, ...earlier, ...this.#content];
    this.#content = servers.flatMap((name) => known.find(({ server }) => server === name) ?? []);
  }

  toDefinitions(): ContentDefinitions {
    const { definitions, prompts, left } = toPromptCommands(this.#content, this.#others);
    return {
      definitions: [
        ...(left > 0 ? [anyPromptDefinition] : []),
        ...(this.#content.some(({ hasResources }) => hasResources) ? [attachDefinition] : []),
        ...definitions,
      ],
      prompts,
    };
  }

  /** Discord is being told of these: members may have them before it has answered, or from an earlier process. */
  noteComing(prompts: readonly PromptCommand[]): void {
    this.#coming = prompts;
    this.#known.resolve();
  }

  /** From now on, members have these. */
  noteRegistered(prompts: readonly PromptCommand[]): void {
    this.#registered = prompts;
    this.noteComing([]);
  }

  /** Resolves once it is known what an earlier process has registered. */
  get whenKnown(): Promise<void> {
    return this.#known.promise;
  }

  /** By what the member has used, which may have been registered by an earlier process. */
  findCommand(command: string, subcommand: string | null): PromptCommand | undefined {
    const all = [...this.#registered, ...this.#coming];
    return all.find((known) => known.command === command && known.subcommand === subcommand);
  }

  get prompts(): ChosenPrompt[] {
    return this.#content.flatMap(({ server, prompts }) => prompts.map((prompt) => ({ server, prompt })));
  }

  /** By what stands in the option of `/prompt`: what was suggested, or the name of a prompt that has no namesake. */
  findPrompt(value: string): ChosenPrompt | undefined {
    const { prompts } = this;
    const suggested = prompts.find(({ server, prompt }) => toContentId(server, prompt.name) === value);
    const [named, ...others] = prompts.filter(({ prompt }) => prompt.name === value);
    return suggested ?? (others.length === 0 ? named : undefined);
  }
}

const { en, ko } = { en: catalogues.en.commands.content, ko: catalogues.ko.commands.content };

const anyPromptDefinition: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  type: ApplicationCommandType.ChatInput,
  name: promptCommandName,
  description: en.anyPromptDescription,
  description_localizations: { ko: ko.anyPromptDescription },
  options: [
    {
      type: ApplicationCommandOptionType.String,
      name: promptOptionName,
      description: en.promptNameDescription,
      description_localizations: { ko: ko.promptNameDescription },
      required: true,
      autocomplete: true,
    },
  ],
};

const attachDefinition: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  type: ApplicationCommandType.ChatInput,
  name: attachCommandName,
  description: en.attachDescription,
  description_localizations: { ko: ko.attachDescription },
  options: [
    {
      type: ApplicationCommandOptionType.String,
      name: resourceOptionName,
      description: en.resourceDescription,
      description_localizations: { ko: ko.resourceDescription },
      required: true,
      autocomplete: true,
    },
    {
      type: ApplicationCommandOptionType.String,
      name: questionOptionName,
      description: en.questionDescription,
      description_localizations: { ko: ko.questionDescription },
    },
  ],
};
