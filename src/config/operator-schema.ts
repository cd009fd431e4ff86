/**
 * The file that JUPAN_CONFIG names, as a schema: what is checked at the start, and what editors complete from
 * (`jupan.schema.json`, written by `npm run format:schema`). Loaded only where there is such a file.
 */
import { z } from 'zod';
import { languages, meaningful, type SettingName } from '../settings/layer.ts';

const snowflake = z.string().regex(/^\d{17,20}$/, 'an id of Discord in quotes: 17 to 20 digits');
const amount = z.number().positive();

const budget = z
  .strictObject({
    of: z
      .enum(['bot', 'server', 'channel', 'member', 'role'])
      .describe(
        'Whose: all together (bot), or each server, channel or member; role: each member who has it, in place of what every member has.',
      ),
    id: snowflake.optional().describe('Which server, channel, member or role alone. A role needs it.'),
    per: z.enum(['day', 'month']).describe('Days and months begin at midnight UTC.'),
    dollars: amount.optional().describe('US dollars. Holds where the price of the model is known, see OPENAI_PRICES.'),
    tokens: amount.optional().describe('Tokens, read and written together.'),
    questions: z.int().positive().optional().describe('Questions.'),
  })
  .refine(
    ({ dollars, tokens, questions }) => [dollars, tokens, questions].filter((cap) => cap !== undefined).length === 1,
    'exactly one of "dollars", "tokens" and "questions"',
  )
  .refine(({ of, id }) => of !== 'role' || id !== undefined, 'the "id" of the role');

const limits = z.strictObject({
  questionsPerMinute: z
    .int()
    .positive()
    .optional()
    .describe('Questions that one member may ask in a minute. Default: any number.'),
  turnsAtOnce: z
    .int()
    .positive()
    .optional()
    .describe('Questions that the bot answers at once; others wait. Default: any number.'),
  turnsAtOncePerServer: z.int().positive().optional().describe('The same in one server.'),
  waitingPerChannel: z.int().positive().optional().describe('Questions that may wait in one channel. Default: 200.'),
});

const price = z.number().nonnegative();
/** What Discord takes as the value of a choice in a menu. */
const modelName = z.string().min(1).max(100);

const model = z.strictObject({
  name: modelName.describe('As the server of OPENAI_BASE_URL knows it.'),
  description: z.string().min(1).max(100).optional().describe('For whoever chooses among the models.'),
  reasoningEffort: z.string().min(1).optional().describe('In place of OPENAI_REASONING_EFFORT.'),
  temperature: z.number().min(0).max(2).optional().describe('In place of OPENAI_TEMPERATURE.'),
  maxOutputTokens: z.int().min(1).max(1_000_000).optional().describe('In place of OPENAI_MAX_OUTPUT_TOKENS.'),
  prices: z
    .strictObject({ input: price, cached: price, output: price })
    .optional()
    .describe(
      'US dollars for a million tokens. Without them, budgets in dollars do not hold where the model is not known.',
    ),
});

const settingsOf = (names: readonly SettingName[]) =>
  z.array(z.enum(names)).optional().describe('Default: all of them. Empty: none.');

const settings = z.strictObject({
  defaults: z
    .strictObject({
      language: z.enum(languages).optional().describe('Of notices and errors. discord: that of the question.'),
      toolsOff: z
        .strictObject({ servers: z.array(z.string()).default([]), tools: z.array(z.string()).default([]) })
        .optional()
        .describe('Tool servers and tools that are switched off. Nobody can switch them on.'),
      approval: z
        .strictObject({ when: z.enum(['destructive', 'always']), notAsker: z.literal(true).optional() })
        .optional()
        .describe(
          'Which calls of all tool servers a person must approve, besides what MCP_CONFIG says. Nobody can loosen it.',
        ),
      private: z.boolean().optional().describe('Whether answers of /ask are shown to the asker alone. Default: false.'),
      threads: z
        .boolean()
        .optional()
        .describe('Whether a mention in a channel is answered in a thread of its own. Default: false.'),
    })
    .optional()
    .describe('What holds where nobody has set something else.'),
  settable: z
    .strictObject({
      server: settingsOf(meaningful.server),
      channel: settingsOf(meaningful.channel),
      person: settingsOf(meaningful.person),
    })
    .optional()
    .describe('What members with Manage Server may set for a server and its channels, and each person for themselves.'),
});

/** A menu of Discord has room for so many. */
const mostGuildServers = 25;
const guildServers = z.strictObject({
  hosts: z
    .array(
      z
        .string()
        .max(253)
        .regex(
          /^(?:\*|(?:\*\.)?[a-z0-9._:[\]-]+)$/i,
          'a name of a host, "*.example.org" for those below it, or "*" for all',
        ),
    )
    .min(1)
    .describe(
      'Hosts that such a server may be on: "mcp.example.org", "*.example.org" for those below it, "*" for all.',
    ),
  privateAddresses: z
    .boolean()
    .optional()
    .describe('Whether addresses in private ranges, and addresses without TLS, may be reached. Default: false.'),
  most: z
    .int()
    .positive()
    .max(mostGuildServers)
    .optional()
    .describe('How many one Discord server may have. Default: 10.'),
  approval: z
    .enum(['destructive', 'always'])
    .optional()
    .describe('Which calls of their tools a person must approve, at the least. Default: destructive.'),
});

export const operatorSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find this schema.'),
    budgets: z.array(budget).optional().describe('What may be spent. Several hold at once.'),
    budgetRoles: z
      .array(snowflake)
      .optional()
      .describe(
        'Roles whose members may let as much again be spent, by a button below the line that says it is used up.',
      ),
    budgetWatchers: z
      .array(snowflake)
      .optional()
      .describe('People who are told in a direct message when 80 % of a budget is spent.'),
    review: z
      .strictObject({
        channel: snowflake.describe('The channel in which the difference is posted, with a button to accept it.'),
        roles: z.array(snowflake).optional().describe('Roles whose members may accept it.'),
        people: z
          .array(snowflake)
          .optional()
          .describe('People who may. Without roles and people: whoever may manage the server.'),
      })
      .optional()
      .describe(
        'Tools that say something else of themselves than when they were first used: who sees and accepts that.',
      ),
    limits: limits.optional().describe('How much is done at once.'),
    models: z
      .array(z.union([modelName, model]))
      .max(24)
      .optional()
      .describe('Models that can be chosen with /settings, besides that of OPENAI_MODEL.'),
    guildServers: guildServers
      .optional()
      .describe(
        'Lets members with Manage Server add tool servers for their own Discord server, with /servers. Default: nobody may.',
      ),
    settings: settings.optional().describe('What /settings begins with, and what can be set with it.'),
  })
  .describe('Settings of Jupan, in one file. Secrets stay in the environment.');

export type OperatorFile = z.infer<typeof operatorSchema>;
