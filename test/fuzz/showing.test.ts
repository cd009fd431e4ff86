/** Whatever a record and a form hold, what is made of them is what Discord and OpenAI take: it is held against what they publish. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { readAnswer } from '../../src/agent/form.ts';
import { toEarlierMessages, toMessages, toPrefix } from '../../src/agent/history/prompt.ts';
import { toBody as toModelBody } from '../../src/agent/model/body.ts';
import { readTurn } from '../../src/agent/store/turn-record.ts';
import type { Turn } from '../../src/agent/turn.ts';
import { toUnicode } from '../../src/bot/channel/formulas/unicode-math.ts';
import { writeFormulas } from '../../src/bot/channel/formulas/write-formulas.ts';
import { present } from '../../src/bot/channel/presenter.ts';
import { canShow, readModal, toInvalidText, toModal } from '../../src/bot/discord/form-modal.ts';
import { pingNobody, toBody } from '../../src/bot/discord/message-body.ts';
import { discordSurface } from '../../src/bot/discord/surface.ts';
import { requireDialog } from '../../src/simulator/discord/actors/dialog.ts';
import { loadBodyCheck } from '../../src/simulator/discord/rest/body-checks.ts';
import { checkRequest } from '../../src/simulator/model/check-request.ts';
import { toModelConfig } from '../support/model-config.ts';
import { breachesOfRequest, breachesOfShown } from './support/breaches.ts';
import { fuzz } from './support/fuzz.ts';
import { form, live, record } from './support/records.ts';
import { mathText, oddText } from './support/texts.ts';

const checkBody = await loadBodyCheck();
const english = { language: 'en', surface: discordSurface } as const;

fuzz('a record is shown in messages that Discord takes', { seconds: 3 }, fc.tuple(record, live), ([turn, state]) => {
  expect(readTurn(JSON.parse(JSON.stringify(turn)))).toEqual(turn);
  expect([...breachesOfShown(turn), ...breachesOfShown(turn, state)]).toEqual([]);
  for (const message of present(turn, { ...english, live: state }))
    checkBody({ ...toBody(message), allowed_mentions: pingNobody }, 'MessageCreateRequestSchema');
});

fuzz('what stood of a record stays where it was when more comes', { seconds: 1 }, record, (turn) => {
  const { end: _, ...running } = turn;
  const warnings = turn.warnings.filter(({ type }) => type !== 'store-wait');
  const keysOf = (steps: number) =>
    present({ ...running, warnings, steps: turn.steps.slice(0, steps) }, english).map(({ key }) => key);
  const all = keysOf(turn.steps.length);
  for (const count of turn.steps.keys()) {
    // A warning that stands behind all steps, however many there are, is not there before them.
    const before = keysOf(count).filter((key) => !key.startsWith('w'));
    expect(all.filter((key) => !key.startsWith('w')).slice(0, before.length)).toEqual(before);
  }
});

fuzz('of a text that grows, what was written of its formulas stays', { seconds: 3 }, mathText, (text) => {
  const whole = writeFormulas(text, false).text;
  let before = '';
  for (let end = 0; end <= text.length; end += 1) {
    const { text: now } = writeFormulas(text.slice(0, end), true);
    expect(now.startsWith(before)).toBe(true);
    before = now;
  }
  expect(whole.startsWith(before)).toBe(true);
});

fuzz(
  'what is written in Unicode has nothing that Discord would take for markdown',
  { seconds: 1 },
  mathText,
  (text) => {
    for (const isInline of [true, false]) expect(toUnicode(text, isInline) ?? '').not.toMatch(/[`*_~\\\n]|\|\|/);
  },
);

fuzz('a record becomes a conversation that OpenAI takes', { seconds: 2 }, fc.tuple(record, record), ([one, other]) => {
  const ended: Turn = { ...one, end: one.end ?? { type: 'answered' } };
  const prefix = toPrefix({
    systemPrompt: undefined,
    instructions: [{ server: 'odd', text: one.question.text }],
    history: { turns: [ended], summary: one.question.text },
  });
  const request = {
    messages: [...prefix, ...toEarlierMessages(ended), ...toMessages(other)],
    tools: [],
    mayCallTools: true,
    channelId: '2',
    authorId: '3',
    signal: new AbortController().signal,
    onText: () => {},
  };
  const body = toModelBody(toModelConfig('http://127.0.0.1'), request, 'salt');
  expect(checkRequest(JSON.parse(JSON.stringify(body)))).toBeUndefined();
  expect(breachesOfRequest(body)).toEqual([]);
});

fuzz(
  'a form opens as a dialog that Discord takes, and whatever comes back of it is read',
  { seconds: 2 },
  fc.record({ open: form, language: fc.constantFrom('ko', 'en'), typed: fc.array(oddText, { maxLength: 6 }) }),
  ({ open, language, typed }) => {
    if (open === undefined || !canShow(open)) return;
    const dialog: unknown = JSON.parse(JSON.stringify(toModal(open, 'fill:1300000000000000001:0.0.1', language)));
    checkBody({ type: 9, data: dialog }, 'ModalInteractionCallbackRequestSchema');
    requireDialog(dialog);
    expect(JSON.stringify(dialog)).not.toMatch(/"(label|title|description)":"(\s|\\[nt])*"/);
    const filledIn = typed.map((value, index) => ({ customId: `field-${index}`, value, values: [value] }));
    const read = readAnswer(open, { action: 'accept', values: readModal(open, filledIn) });
    if (read.type === 'invalid') expect(toInvalidText(read.field, language).length).toBeLessThanOrEqual(2000);
    else expect(JSON.parse(JSON.stringify(read.reply))).toEqual(read.reply);
  },
);
