/** Records as this program could have written them, with texts as nobody writes them; and what is live beside them. */
import fc from 'fast-check';
import type { LiveState } from '../../../src/agent/agent.ts';
import type { Form } from '../../../src/agent/form.ts';
import { defaultLimits } from '../../../src/agent/limits.ts';
import { toFormRequest } from '../../../src/agent/tools/mcp/elicitation.ts';
import {
  type AttachmentOutcome,
  type FileReference,
  failureCodes,
  leftOutReasons,
  type ModelStep,
  type ServerSource,
  type Turn,
  type TurnEnd,
  type TurnWarning,
} from '../../../src/agent/turn.ts';
import { oddName, oddText } from './texts.ts';
import { formParameters } from './tool-scripts.ts';

const json = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
);
const isMostly = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false));

const file = fc.record<FileReference, 'key' | 'name' | 'mimeType' | 'bytes'>(
  {
    key: fc.constant('1.0.0.0'),
    name: fc.stringMatching(/^[\w-]{1,80}\.[a-z]{1,8}$/),
    mimeType: oddText,
    bytes: fc.oneof(fc.nat(1000), fc.constant(defaultLimits.fileBytes)),
    description: oddText,
  },
  { requiredKeys: ['key', 'name', 'mimeType', 'bytes'] },
);

interface DrawnCall {
  readonly name: string;
  readonly arguments: string;
  readonly text: string;
  readonly ok: boolean;
  readonly hasResult: boolean;
  readonly files: readonly FileReference[];
  readonly approval: 'none' | 'open' | 'approved' | 'denied';
}

const call = fc.record<DrawnCall>({
  name: oddName,
  arguments: json,
  text: oddText,
  ok: fc.boolean(),
  hasResult: isMostly,
  files: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(file, { maxLength: 10 })),
  approval: fc.constantFrom('none', 'none', 'open', 'approved', 'denied'),
});

function toStep(text: string, drawn: readonly DrawnCall[], place: number, isLast: boolean): ModelStep {
  const called = drawn.map((one, index) => ({ ...one, id: `call-${place}-${index}` }));
  // Only the last step may be on its way.
  const answered = called.filter(({ hasResult }) => hasResult || !isLast);
  const asked = called.filter(({ approval }) => approval !== 'none');
  return {
    text,
    calls: called.map(({ id, name, arguments: given }) => ({ id, name, arguments: given })),
    results: answered.map(({ id, ok, text: result, files }) => ({
      callId: id,
      ok,
      text: result,
      ...(files.length === 0 ? {} : { files }),
    })),
    ...(asked.length === 0
      ? {}
      : {
          approvals: asked.map(({ id, approval }) => ({
            callId: id,
            until: 1,
            ...(approval === 'approved' || approval === 'denied' ? { decision: approval, by: 'u2' } : {}),
          })),
        }),
  };
}

const calls = fc.oneof(
  { weight: 20, arbitrary: fc.array(call, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: call.map((one) => Array.from({ length: 32 }, () => one)) },
);

const steps = fc
  .record({
    rounds: fc.array(fc.record({ text: oddText, calls }), { maxLength: 3 }),
    answer: fc.option(oddText, { nil: undefined }),
  })
  .map(({ rounds, answer }) => [
    ...rounds.map(({ text, calls: drawn }, place) =>
      toStep(text, drawn, place, answer === undefined && place === rounds.length - 1),
    ),
    ...(answer === undefined ? [] : [{ text: answer, calls: [], results: [] }]),
  ]);

const warning: fc.Arbitrary<TurnWarning> = fc.oneof(
  fc.record({ type: fc.constantFrom('no-tools' as const, 'store-wait' as const), afterSteps: fc.nat(3) }),
  fc.record({
    type: fc.constant('model-wait' as const),
    waitMs: fc.nat(10_000_000),
    until: fc.nat(),
    afterSteps: fc.nat(3),
  }),
);

const end: fc.Arbitrary<TurnEnd | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ type: 'answered' } as const),
  fc.constantFrom(...failureCodes).map((code) => ({ type: 'failed', code }) as const),
);

const source: fc.Arbitrary<ServerSource> = fc.oneof(
  fc.record({
    type: fc.constant('prompt' as const),
    server: oddText,
    name: oddText,
    arguments: fc.dictionary(oddText, oddText, { maxKeys: 3 }),
  }),
  fc.record({ type: fc.constant('resource' as const), server: oddText, uri: oddText }),
);

const attachment = fc.record(
  { name: oddText, bytes: fc.nat(), url: oddText, source },
  { requiredKeys: ['name', 'bytes', 'url'] },
);
const role = fc.constantFrom('user' as const, 'assistant' as const);

/** What came with a question, and what became of it. */
const sent = fc.record(
  {
    quotes: fc.array(
      fc.record(
        {
          relation: fc.constantFrom('replied-to' as const, 'forwarded' as const, 'chosen' as const, 'recent' as const),
          text: oddText,
          authorName: oddText,
          isHidden: fc.constant(true as const),
        },
        { requiredKeys: ['relation', 'text'] },
      ),
      { maxLength: 2 },
    ),
    attachments: fc.array(attachment, { maxLength: 3 }),
    isPrivate: fc.constant(true as const),
    withoutHistory: fc.constant(true as const),
    guildId: fc.constant('9'),
  },
  { requiredKeys: [] },
);

const outcome: fc.Arbitrary<AttachmentOutcome> = fc.oneof(
  fc.record({ attachment: fc.nat(2), type: fc.constant('image' as const), file }),
  fc.record(
    { attachment: fc.nat(2), type: fc.constant('text' as const), text: oddText, role, part: oddText },
    { requiredKeys: ['attachment', 'type', 'text'] },
  ),
  fc.record({
    attachment: fc.nat(2),
    type: fc.constant('left-out' as const),
    reason: fc.constantFrom(...leftOutReasons),
  }),
);

export const record: fc.Arbitrary<Turn> = fc
  .record({
    text: oddText,
    authorName: oddText,
    warnings: fc.array(warning, { maxLength: 2 }),
    steps,
    end,
    sent,
    files: fc.option(fc.array(outcome, { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ text, authorName, warnings, steps: made, end: ended, sent: more, files }) => ({
    version: 4,
    question: { id: '1300000000000000001', channelId: '2', authorId: '3', authorName, text, askedAt: 0, ...more },
    warnings,
    steps: made,
    ...(files === undefined ? {} : { files }),
    ...(ended === undefined ? {} : { end: ended }),
    delivery: null,
  }));

/** A form as it stands open, of a server that asks for anything. */
export const form: fc.Arbitrary<Form | undefined> = fc
  .record({ server: oddName, parameters: formParameters })
  .map(({ server, parameters }) => {
    const request = toFormRequest(server, parameters);
    return request === undefined ? undefined : { ...request, id: '0.0.1', callId: 'call-0-0' };
  });

const callProgress = fc.record({
  progress: fc.double({ noNaN: true, noDefaultInfinity: true }),
  total: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  message: fc.option(oddText, { nil: undefined }),
});

export const live: fc.Arbitrary<LiveState> = fc
  .record({
    draft: fc.option(oddText, { nil: undefined }),
    progress: fc.option(callProgress, { nil: undefined }),
    form,
    login: fc.option(oddName, { nil: undefined }),
  })
  .map(({ draft, progress, form: open, login: server }) => ({
    draft,
    progress: new Map(progress === undefined ? [] : [['call-0-0', progress]]),
    forms: open === undefined ? [] : [open],
    logins: server === undefined ? [] : [{ callId: 'call-0-0', server }],
  }));
