/** What a running turn wants to know from the person at the terminal: whether a call may be made, and forms, field by field. One thing at a time. */
import type { Agent, LiveState } from '../agent/agent.ts';
import { type PlacedCall, placeCalls } from '../agent/call-place.ts';
import type { Form, FormField } from '../agent/form.ts';
import { approvalOf, type ModelStep, resultOf, type ToolCall, type Turn } from '../agent/turn.ts';
import { toShownLine } from '../text.ts';
import { catalogues, type Language } from './catalogue.ts';
import type { Terminal } from './terminal.ts';
import { toCallText } from './transcript.ts';

export interface InquiryOptions {
  readonly agent: Pick<Agent, 'decide' | 'answerForm'>;
  readonly terminal: Terminal;
  readonly language: Language;
}

/** One line shows at most this much of what a form asks. */
const maxShownQuestion = 1000;

const yes = new Set(['y', 'yes', 'j', 'ㅛ', '예', '네', '응']);

export class Inquiry {
  readonly #options: InquiryOptions;
  readonly #asked = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #asking: string | undefined;
  #isOver = false;

  constructor(options: InquiryOptions) {
    this.#options = options;
  }

  /** Asks what the turn waits for and was not asked yet; stops asking what it waits for no more. */
  look(turn: Turn, { forms }: LiveState): void {
    const step = turn.end === undefined ? turn.steps.at(-1) : undefined;
    const calls = step === undefined ? [] : placeCalls(turn, step).filter(({ call }) => isWaiting(step, call));
    const open = new Set([...calls.map(({ place }) => place), ...forms.map(({ id }) => id)]);
    if (this.#asking !== undefined && !open.has(this.#asking)) this.#options.terminal.cancelRead();
    for (const placed of calls) this.#once(placed.place, () => this.#approve(placed));
    for (const form of forms) this.#once(form.id, () => this.#fillIn(turn, form));
  }

  /** The turn is over: whatever is still asked needs no answer. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#options.terminal.cancelRead();
    await this.#last;
  }

  #once(key: string, ask: () => Promise<void>): void {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#last = this.#last.then(async () => {
      if (this.#isOver) return;
      this.#asking = key;
      await ask();
      this.#asking = undefined;
    });
  }

  async #approve({ turn, call, place }: PlacedCall): Promise<void> {
    const { agent, terminal, language } = this.#options;
    const { labels, mayCall, failures } = catalogues[language];
    // Nobody is to approve what they cannot read: all of the arguments, however long.
    terminal.write(`[${labels.approval}] ${mayCall(toCallText(call, Number.POSITIVE_INFINITY))}\n`);
    const decision = (await this.#isYes()) ? 'approved' : 'denied';
    if (this.#isOver) return;
    try {
      await agent.decide(turn.question.id, call.id, { decision, by: turn.question.authorId });
    } catch {
      // Not stored, so it does not count: it is asked again when the record changes, or denied when time is up.
      terminal.write(`[${labels.notice}] ${failures['store-failed']}\n`);
      this.#asked.delete(place);
    }
  }

  async #fillIn(turn: Turn, form: Form): Promise<void> {
    const { agent, terminal, language } = this.#options;
    const { labels, mayFill, mayOpen } = catalogues[language];
    const asked = toShownLine(`${form.server}: ${form.message}`, maxShownQuestion);
    // The address whole: nobody is sent where they cannot see.
    const page = form.address && `\n${form.address.url}\n${mayOpen(form.address.host)}`;
    terminal.write(`[${labels.form}] ${asked} ${page ?? mayFill}\n`);
    const answer = (action: 'decline' | 'cancel') => agent.answerForm(turn.question.id, form.id, { action });
    if (!(await this.#isYes())) return void answer('decline');
    const values = new Map<string, string>();
    for (let fields = form.fields; ; ) {
      for (const field of fields) {
        const line = await this.#ask(field);
        if (line === undefined) return void answer('cancel');
        values.set(field.name, line);
      }
      const given = Object.fromEntries(values);
      const outcome = agent.answerForm(turn.question.id, form.id, { action: 'accept', values: given });
      if (outcome.type !== 'invalid') return;
      fields = [outcome.field];
    }
  }

  /** Undefined when there will be no answer. */
  async #ask({ title, description, kind, options, preset }: FormField): Promise<string | undefined> {
    const { terminal, language } = this.#options;
    const { labels, kinds } = catalogues[language];
    const choices = options.map((option) => option.title).join(', ') || kinds[kind];
    const about = [description, choices, preset === undefined ? undefined : `= ${preset}`].filter(Boolean).join('; ');
    terminal.write(`[${labels.form}] ${toShownLine(`${title} (${about})`, maxShownQuestion)}\n`);
    return this.#isOver ? undefined : terminal.readLine();
  }

  async #isYes(): Promise<boolean> {
    const line = this.#isOver ? undefined : await this.#options.terminal.readLine();
    return line !== undefined && yes.has(line.trim().toLowerCase());
  }
}

function isWaiting(step: ModelStep, call: ToolCall): boolean {
  const approval = approvalOf(step, call);
  return approval !== undefined && approval.decision === undefined && resultOf(step, call) === undefined;
}
