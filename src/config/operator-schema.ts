/**
 * The file that JUPAN_CONFIG names, as a schema: what is checked at the start, and what editors complete from
 * (`jupan.schema.json`, written by `npm run format:schema`). Loaded only where there is such a file.
 */
import { z } from 'zod';

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
    .describe('Questions that one process answers at once; others wait. Default: any number.'),
  turnsAtOncePerServer: z.int().positive().optional().describe('The same in one server.'),
  waitingPerChannel: z.int().positive().optional().describe('Questions that may wait in one channel. Default: 200.'),
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
    limits: limits.optional().describe('How much is done at once.'),
  })
  .describe('Settings of Jupan, in one file. Secrets stay in the environment.');

export type OperatorFile = z.infer<typeof operatorSchema>;
