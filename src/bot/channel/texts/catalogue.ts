/** What members read and the model did not write: what there is to say, in every language the same. */

import type { BudgetRule } from '../../../agent/agent.ts';
import type { FormField } from '../../../agent/form.ts';
import type { FailureCode, LeftOutReason, SpentBudget, TurnWarning } from '../../../agent/turn.ts';
import type { ApprovalTexts } from './approvals.ts';
import type { CommandTexts } from './commands.ts';
import type { ReviewTexts } from './review.ts';
import type { ServersTexts } from './servers.ts';
import type { SettingsTexts } from './settings.ts';

export type Language = 'en' | 'ko';

/** What a question is about that has no words of its own. */
export type Wordless = 'files' | 'forwarded' | 'replied-to' | 'chosen';

export interface Catalogue {
  /** The answer to an empty question. */
  readonly help: string;
  /** The answer to a question whose text Discord does not tell. */
  readonly unreadable: string;
  /** What stands for its text, for the model and for members. */
  readonly wordless: Readonly<Record<Wordless, string>>;
  readonly failures: Readonly<Record<FailureCode, string>>;
  /** `{wait}` stands for how long. */
  readonly warnings: Readonly<Record<TurnWarning['type'], string>>;
  /** What became of files that came with a question. `{files}` stands for their names. */
  readonly leftOut: Readonly<Record<LeftOutReason, string>>;
  /** Of files whose end was not read. */
  readonly readInPart: string;
  /** How many files are not named behind those that are. */
  andMore(count: number): string;
  /** About how long, for `{wait}`. */
  duration(ms: number): string;
  /** To the last of those in a channel who asked while the bot was away, when it is too late to answer. */
  readonly missed: string;
  /** To a member of whose questions so many wait in a channel that no more are taken. */
  readonly tooManyWaiting: string;
  /** To whoever asks where so many questions of all wait that no more are taken. */
  readonly tooManyInChannel: string;
  /** To a member who asks faster than the operator allows. `{wait}` stands for how long they should wait. */
  readonly tooFast: string;
  readonly budgets: {
    /** That nothing more may be spent until that time, as the platform writes it. */
    spent(budget: Pick<SpentBudget, 'of' | 'per'>, until: string): string;
    /** To the operator's watchers. @param whose As the platform shows names; empty for the bot's. */
    nearlySpent(rule: BudgetRule, whose: string, percent: number): string;
  };
  /** In place of an answer that the platform does not take, such as one that the server's AutoMod blocks. `{platform}` stands for its name, here and below. */
  readonly refused: string;
  /** In place of files that the platform does not take. */
  readonly filesRefused: string;
  /** Above the file with the whole of a text that is too long for messages. */
  readonly goesOnInFile: string;
  /** In place of a picture that its tool has not put into words, for those who cannot see it. `{tool}` stands for the tool's name. */
  readonly pictureOf: string;
  /** In one line for many tool calls: how many of them are done. */
  callsDone(done: number, all: number): string;
  /** What stands behind a call that waits for a person. */
  readonly waitsForApproval: string;
  /** What stands behind a call that its server works on by itself, however long. */
  readonly runsAsTask: string;
  /** Before the words of a tool server that wants a form filled in. `{server}` stands for its name. */
  readonly formAsked: string;
  /** Before the words of a tool server that wants a page opened. `{server}` and `{host}` stand for its name and whose page it is. */
  readonly pageAsked: string;
  /** Below the address of that page, to the asker alone. `{host}` as above. */
  readonly pageCaution: string;
  /** Once the asker says that they were there. */
  readonly pageOpened: string;
  /** The platform's forms have too few fields for this one. */
  readonly formTooLong: string;
  readonly buttons: {
    readonly approve: string;
    readonly deny: string;
    readonly fillIn: string;
    /** Shows the asker the address of a page; the page itself; they were there. */
    readonly showPage: string;
    readonly openPage: string;
    readonly goOn: string;
    readonly decline: string;
    readonly stop: string;
    readonly again: string;
    readonly why: string;
    readonly extend: string;
  };
  readonly timeline: TimelineWords;
  /** To whoever had a question asked again, when that failed. `{reason}` stands for one of the failures. */
  readonly againFailed: string;
  readonly yes: string;
  readonly no: string;
  /** What only the one who pressed or commanded sees. */
  readonly replies: Readonly<Record<PrivateReply, string>>;
  /** `{field}` stands for its title, `{kind}` for what it takes. */
  readonly invalidField: string;
  readonly fieldKinds: Readonly<Record<FormField['kind'], string>>;
  readonly askDescription: string;
  readonly questionDescription: string;
  readonly fileDescription: string;
  /** In the menu of a message, and the dialog that it opens. Names of at most 32 characters, labels of 45, placeholders of 100. */
  readonly askMenu: { readonly name: string; readonly label: string; readonly placeholder: string };
  readonly privateDescription: string;
  readonly forgetDescription: string;
  readonly forgetMeDescription: string;
  /** @param conversations How many of them the questions were taken out of. */
  forgottenPerson(conversations: number): string;
  readonly stopDescription: string;
  readonly tasks: {
    readonly description: string;
    readonly head: string;
    /** In brackets behind a line. @param since As the platform shows times. */
    asked(who: string, since: string): string;
  };
  readonly stopAllDescription: string;
  readonly usage: {
    readonly description: string;
    readonly ofDescription: string;
    readonly daysDescription: string;
    readonly scopes: Readonly<Record<'me' | 'channel' | 'server', string>>;
    readonly titles: Readonly<Record<'me' | 'channel' | 'server', string>>;
    /** How many days, today included. They begin at midnight UTC. */
    days(count: number): string;
    readonly none: string;
    questions(count: number): string;
    failed(count: number): string;
    /** Numbers as they are to be shown. */
    tokens(read: string, cached: string, written: string): string;
  };
  /** How many questions a moderator has ended or dropped. */
  stoppedAll(questions: number): string;
  /** Of `/help`, `/tools` and `/history`. */
  readonly commands: CommandTexts;
  readonly settings: SettingsTexts;
  readonly servers: ServersTexts;
  /** Of approvals by several people, and of those that stand. */
  readonly approvals: ApprovalTexts;
  /** Of tools that have changed. */
  readonly review: ReviewTexts;
}

/** What a turn did, for {@link Catalogue}. */
export interface TimelineWords {
  readonly head: string;
  readonly model: string;
  modelTook(took: string): string;
  /** @param cached Percent of what was read. */
  tokens(read: string, cached: number, written: string): string;
  /** How many requests came to nothing. */
  retries(count: number): string;
  readonly done: string;
  readonly failed: string;
  /** Of a call that has no result yet. */
  readonly open: string;
  readonly arguments: string;
  readonly result: string;
  /** `{who}` stands for a member. */
  readonly approvedBy: string;
  readonly deniedBy: string;
  readonly nobody: string;
  readonly undecided: string;
  /** `{file}` stands for its name, `{why}` for one of the reasons. */
  readonly leftOut: string;
  readonly leftOutReasons: Readonly<Record<LeftOutReason, string>>;
  readonly total: string;
  counts(steps: number, calls: number): string;
  readonly inFile: string;
}

export type PrivateReply =
  | 'settled'
  | 'not-kept'
  | 'moving'
  | 'only-asker'
  | 'only-approvers'
  | 'not-asker'
  | 'elsewhere'
  | 'not-allowed'
  | 'not-let'
  | 'choose-again'
  | 'forgotten'
  | 'not-forgotten'
  | 'person-not-forgotten'
  | 'stopping'
  | 'nothing-to-stop'
  | 'no-tasks'
  | 'only-asker-stops'
  | 'only-asker-again'
  | 'answer-gone'
  | 'question-gone'
  | 'asked-again'
  | 'only-moderators'
  | 'only-moderators-usage'
  | 'not-read'
  | 'only-extenders'
  | 'extended'
  | 'only-moderators-forget'
  | 'spent'
  | 'asked-already'
  | 'no-such-tool'
  | 'only-readers';
