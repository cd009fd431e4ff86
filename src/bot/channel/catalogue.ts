/** Every sentence that members read and the model did not write, in every language there is. */

import type { BudgetRule } from '../../agent/agent.ts';
import type { FormField } from '../../agent/form.ts';
import type { FailureCode, LeftOutReason, SpentBudget, TurnWarning } from '../../agent/turn.ts';
import { type ApprovalTexts, englishApprovals, koreanApprovals } from './approval-texts.ts';
import { type CommandTexts, englishCommands, koreanCommands } from './command-texts.ts';
import { englishReview, koreanReview, type ReviewTexts } from './review-texts.ts';
import { englishServers, koreanServers, type ServersTexts } from './servers-texts.ts';
import { englishSettings, koreanSettings, type SettingsTexts } from './settings-texts.ts';

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

const spentOf: Readonly<Record<SpentBudget['of'], string>> = {
  bot: 'What I may spend',
  server: 'What I may spend in this server',
  channel: 'What I may spend in this channel',
  member: 'What I may spend for you',
  role: 'What I may spend for you',
};
const spentOfKo: Readonly<Record<SpentBudget['of'], string>> = {
  bot: '제가 쓸 수 있는 예산을',
  server: '이 서버에서 쓸 수 있는 예산을',
  channel: '이 채널에서 쓸 수 있는 예산을',
  member: '질문하신 분을 위해 쓸 수 있는 예산을',
  role: '질문하신 분을 위해 쓸 수 있는 예산을',
};
const holderKo: Readonly<Record<Exclude<SpentBudget['of'], 'bot'>, string>> = {
  server: '서버',
  channel: '채널',
  member: '멤버',
  role: '멤버',
};
const periodKo: Readonly<Record<SpentBudget['per'], string>> = { day: '오늘', month: '이번 달' };

export const catalogues: Readonly<Record<Language, Catalogue>> = {
  en: {
    help:
      'Ask me something, and I work it out with exact tools: mention me with a question («add 15 and 27»), ' +
      'reply to one of my messages, or use `/ask`.',
    unreadable:
      'You mentioned my role, and then Discord does not tell me what you wrote. Please mention me myself instead, or use `/ask`.',
    wordless: {
      files: '(see what is attached)',
      forwarded: '(see the forwarded message)',
      'replied-to': '(see the message that this replies to)',
      chosen: '(see the chosen message)',
    },
    failures: {
      'model-unreachable': 'I cannot reach the language model right now. Please ask again in a moment.',
      'model-refused': 'The language model does not accept my access. Please tell whoever runs this bot.',
      'model-unknown':
        'The language model that I am set up with does not exist (any more). Please tell whoever runs this bot to choose another.',
      'model-busy': 'The language model is too busy right now. Please ask again in a minute.',
      'model-quota': 'The credit for the language model is used up. Please tell whoever runs this bot.',
      'model-error': 'The language model had a problem. Please ask again.',
      'model-cut-off': 'The language model broke off in the middle. Please ask again.',
      'model-empty': 'The language model gave no answer. Please ask again, perhaps in other words.',
      'answer-too-long': 'The answer was cut here because it is too long. Ask for the rest, or for a shorter one.',
      'answer-filtered': 'The language model’s provider withheld the answer.',
      'step-limit': 'This took too many steps, so I stopped. Try to ask it in smaller pieces.',
      'time-limit': 'This took too long, so I stopped. Try to ask it in smaller pieces.',
      'prompt-gone': 'The tool server does not have this prompt any more.',
      'prompt-refused': 'The tool server does not take the prompt with these values.',
      'prompt-unreachable': 'I cannot reach the tool server that has this prompt. Please ask again in a moment.',
      'over-budget': 'What may be spent here is used up for now.',
      stopped: 'Stopped.',
      'store-failed':
        'I cannot keep conversations right now, so I did not take the question. Please ask again in a moment.',
      internal: 'Something went wrong on my side. Please ask again.',
    },
    warnings: {
      'no-tools': 'I cannot reach my tools right now, so I answer without them.',
      'store-wait': 'I cannot read our conversation right now. Your question waits, and I answer as soon as I can.',
      'model-wait': 'The language model is busy. I will answer in about {wait}.',
    },
    leftOut: {
      'too-large': 'Left out, because it is too large: {files}.',
      'too-many': 'Left out, because I do not read so many files at once: {files}.',
      'unknown-kind': 'Left out, because I read only pictures, text and PDFs: {files}.',
      unreadable: 'Left out, because there is nothing in it that I can read: {files}.',
      unreachable: 'Left out, because I could not fetch it: {files}.',
      model: 'Left out, because the language model takes no pictures: {files}.',
    },
    readInPart: 'I have read only the beginning of {files}.',
    andMore: (count) => `and ${count} more`,
    duration: (ms) => (ms < 90_000 ? `${toCount(ms, 1000)} seconds` : `${toCount(ms, 60_000)} minutes`),
    missed: 'I was away for a while and missed what you asked here. If you still want to know, please ask again.',
    tooManyWaiting: 'Many of your questions are waiting here already. Please ask again when they are answered.',
    tooManyInChannel: 'Many questions are waiting here already. Please ask again when some of them are answered.',
    tooFast: 'You are asking faster than I may answer. Please ask again in about {wait}.',
    budgets: {
      spent: ({ of, per }, until) => `${spentOf[of]} for this ${per} is used up. It works again ${until}.`,
      nearlySpent: ({ of, per, unit, cap }, whose, percent) =>
        `⚠️ ${percent} % of the budget of ${of === 'bot' ? 'the whole bot' : `the ${of === 'role' ? 'member' : of} ${whose}`} for this ${per} is spent (${unit === 'dollars' ? `$${cap}` : `${cap} ${unit}`}).`,
    },
    refused: '{platform} did not accept my answer here.',
    filesRefused: '{platform} did not accept the files here.',
    goesOnInFile: 'This goes on in the file, which holds all of it.',
    pictureOf: 'Picture from {tool}',
    callsDone: (done, all) => (done === all ? `${all} calls done` : `${done} of ${all} calls done`),
    waitsForApproval: 'waits for approval',
    runsAsTask: 'runs on its own; I will answer when it is done',
    formAsked: '📝 {server} asks:',
    pageAsked: '🔗 {server} wants you to open a page on {host}:',
    pageCaution:
      'The page is on {host}. Open it only if you expect it and trust that server; I have not looked at it. When you are done, press Continue.',
    pageOpened: 'Thank you, I go on.',
    formTooLong: 'This form has more fields than {platform} can show.',
    buttons: {
      approve: 'Approve',
      deny: 'Deny',
      fillIn: 'Fill in',
      showPage: 'Show the address',
      openPage: 'Open the page',
      goOn: 'Continue',
      decline: 'Decline',
      stop: 'Stop',
      again: 'Again',
      why: 'Why?',
      extend: 'Allow as much again',
    },
    timeline: {
      head: 'How this answer came about:',
      model: 'The model answered',
      modelTook: (took) => `The model answered in ${took}`,
      tokens: (read, cached, written) => `${read} tokens read (${cached} % from the cache), ${written} written`,
      retries: (count) => (count === 1 ? 'after 1 failed request' : `after ${count} failed requests`),
      done: 'done',
      failed: 'failed',
      open: 'no result',
      arguments: 'Arguments',
      result: 'Result',
      approvedBy: 'Approved by {who}',
      deniedBy: 'Denied by {who}',
      nobody: 'Nobody approved it in time',
      undecided: 'Nobody has decided',
      leftOut: '📎 {file} was left out: {why}',
      leftOutReasons: {
        'too-large': 'it is too large',
        'too-many': 'there were too many files',
        'unknown-kind': 'I cannot read this kind of file',
        unreadable: 'it is broken, protected or empty',
        unreachable: 'it could not be fetched',
        model: 'the model takes no pictures',
      },
      total: 'In all',
      counts: (steps, calls) =>
        `${steps === 1 ? '1 answer' : `${steps} answers`} of the model, ${calls === 1 ? '1 call' : `${calls} calls`}`,
      inFile: 'The attached file holds all of it, to the letter.',
    },
    againFailed: '{reason} My earlier answer stays as it was.',
    yes: 'Yes',
    no: 'No',
    replies: {
      settled: 'That is settled already.',
      'not-kept': 'I cannot keep that right now. Please press again in a moment.',
      moving: 'I am just moving to another machine. Please do that again in a moment.',
      'only-asker': 'Only the member who asked can answer that.',
      'only-approvers': 'Only the member who asked, or one with a role that may approve, can decide that.',
      'not-asker': 'This call needs the approval of somebody else than the member who asked.',
      elsewhere: 'That belongs to another channel.',
      'not-allowed': 'I am not set up to answer you here. Whoever runs this bot can change that.',
      'not-let': 'The admins of this server do not let you ask me here. They can change that with `/settings`.',
      'choose-again': 'I do not remember any more which message you chose. Please choose it once more.',
      forgotten: 'I have forgotten our conversation in this channel.',
      'not-forgotten': 'I could not forget the conversation right now. Please try again in a moment.',
      stopping: 'I am stopping.',
      'no-tasks': 'No long-running call is under way in this channel.',
      'nothing-to-stop': 'I am not answering anything in this channel.',
      'only-moderators': 'Only a moderator can stop everything in this channel.',
      'only-moderators-usage': 'Only a moderator can see what others have used. With `of:me` you see your own.',
      'only-extenders': 'Only a member with a role that may allow more can press that.',
      extended: 'As much again may be spent now. Press “Again” to ask once more.',
      'not-read': 'I cannot read that right now. Please try again in a moment.',
      'only-moderators-forget': 'Only a moderator can make me forget the conversation in this channel.',
      'only-asker-stops': 'Only the member who asked, or a moderator, can stop this answer.',
      spent: 'This button is of no use any more. Please use the command again.',
      'asked-already': 'You have asked that already, and I am about to answer it.',
      'no-such-tool': 'I have no tool of that name. Pick one from the list that opens while you type.',
      'only-readers': 'Only those who can read this channel’s earlier messages can see its conversation.',
      'only-asker-again': 'Only the member who asked, or a moderator, can have this answered again.',
      'answer-gone': 'I no longer keep that answer.',
      'question-gone': 'That question is gone, so I leave my answer as it is.',
      'asked-again': 'I am answering that again already.',
    },
    invalidField: '“{field}” takes {kind}. Please fill in the form again.',
    fieldKinds: {
      text: 'a text',
      number: 'a number',
      integer: 'a whole number',
      boolean: 'yes or no',
      choice: 'one of the choices',
      choices: 'some of the choices',
    },
    askDescription: 'Ask Jupan a question',
    questionDescription: 'What do you want to know?',
    fileDescription: 'A picture or a file that the question is about',
    askMenu: {
      name: 'Ask Jupan',
      label: 'Question (may stay empty)',
      placeholder: 'What do you want to know about this message?',
    },
    privateDescription: 'Only you see question and answer, in a conversation of your own',
    forgetDescription: 'Forget the conversation in this channel',
    forgetMeDescription: 'Delete everything that you have asked, in every channel',
    forgottenPerson: (conversations) =>
      `I have deleted what you asked and what I answered you, in ${conversations === 1 ? '1 conversation' : `${conversations} conversations`}. My messages stay where they stand.`,
    tasks: {
      description: 'List the long-running calls in this channel, and stop them',
      head: 'These calls run on their own; each is answered when it is done.',
      asked: (who, since) => `asked by ${who}, begun ${since}`,
    },
    stopDescription: 'Stop the answer that is being worked on in this channel',
    stopAllDescription: 'Everything in this channel, also what waits (for moderators)',
    usage: {
      description: 'What was asked and what it cost, by day',
      ofDescription: 'Whose (a channel’s and a server’s are for moderators)',
      daysDescription: 'How many days back, today included',
      scopes: { me: 'me', channel: 'this channel', server: 'this server' },
      titles: { me: 'Your questions', channel: 'Questions in this channel', server: 'Questions in this server' },
      days: (count) => `${count === 1 ? 'today' : `the last ${count} days`} (UTC)`,
      none: 'Nothing was asked.',
      questions: (count) => (count === 1 ? '1 question' : `${count} questions`),
      failed: (count) => `${count} without an answer`,
      tokens: (read, cached, written) => `${read} tokens read (${cached} from the cache), ${written} written`,
    },
    stoppedAll: (questions) =>
      `I have stopped ${questions === 1 ? '1 question' : `${questions} questions`} in this channel.`,
    commands: englishCommands,
    settings: englishSettings,
    servers: englishServers,
    approvals: englishApprovals,
    review: englishReview,
  },
  ko: {
    help:
      '무엇이든 물어보세요. 정확한 도구로 계산해 드립니다. 저를 멘션하며 질문하거나(«15와 27을 더해줘»), ' +
      '제 메시지에 답장하거나, `/ask`를 쓰면 됩니다.',
    unreadable:
      '제 역할을 멘션하셨는데, 그러면 Discord가 무엇을 쓰셨는지 알려 주지 않습니다. 역할 대신 저를 직접 멘션하거나 `/ask`를 써 주세요.',
    wordless: {
      files: '(첨부한 파일을 봐 주세요)',
      forwarded: '(전달한 메시지를 봐 주세요)',
      'replied-to': '(답장한 원래 메시지를 봐 주세요)',
      chosen: '(선택한 메시지를 봐 주세요)',
    },
    failures: {
      'model-unreachable': '지금은 언어 모델에 연결할 수 없습니다. 잠시 후 다시 물어봐 주세요.',
      'model-refused': '언어 모델이 접속을 받아 주지 않습니다. 이 봇의 운영자에게 알려 주세요.',
      'model-unknown':
        '설정된 언어 모델이 없거나 더는 제공되지 않습니다. 다른 모델을 고르도록 이 봇의 운영자에게 알려 주세요.',
      'model-busy': '지금은 언어 모델이 너무 바쁩니다. 1분쯤 뒤에 다시 물어봐 주세요.',
      'model-quota': '언어 모델 사용 한도가 다 찼습니다. 이 봇의 운영자에게 알려 주세요.',
      'model-error': '언어 모델에 문제가 생겼습니다. 다시 물어봐 주세요.',
      'model-cut-off': '언어 모델의 답이 중간에 끊겼습니다. 다시 물어봐 주세요.',
      'model-empty': '언어 모델이 답을 내지 않았습니다. 다르게 표현해서 다시 물어봐 주세요.',
      'answer-too-long': '답이 너무 길어 여기서 잘렸습니다. 이어서 또는 더 짧게 달라고 해 주세요.',
      'answer-filtered': '언어 모델 제공자가 답을 막았습니다.',
      'step-limit': '단계가 너무 많아져서 멈췄습니다. 질문을 나누어 물어봐 주세요.',
      'time-limit': '시간이 너무 오래 걸려서 멈췄습니다. 질문을 나누어 물어봐 주세요.',
      'prompt-gone': '도구 서버에 이 프롬프트가 더 이상 없습니다.',
      'prompt-refused': '도구 서버가 이 값으로는 프롬프트를 받지 않습니다.',
      'prompt-unreachable': '이 프롬프트를 가진 도구 서버에 연결할 수 없습니다. 잠시 후 다시 물어봐 주세요.',
      'over-budget': '지금 여기서 쓸 수 있는 만큼을 다 썼습니다.',
      stopped: '멈췄습니다.',
      'store-failed': '지금은 대화를 저장할 수 없어서 질문을 받지 못했습니다. 잠시 후 다시 물어봐 주세요.',
      internal: '제 쪽에서 문제가 생겼습니다. 다시 물어봐 주세요.',
    },
    warnings: {
      'no-tools': '지금은 도구에 연결할 수 없어 도구 없이 답합니다.',
      'store-wait': '지금은 대화 기록을 읽을 수 없습니다. 질문은 기다리고 있으며, 읽을 수 있게 되면 바로 답하겠습니다.',
      'model-wait': '언어 모델이 바쁩니다. 약 {wait} 뒤에 답하겠습니다.',
    },
    leftOut: {
      'too-large': '너무 커서 뺐습니다: {files}',
      'too-many': '한 번에 읽을 수 있는 파일보다 많아서 뺐습니다: {files}',
      'unknown-kind': '사진, 글, PDF만 읽을 수 있어서 뺐습니다: {files}',
      unreadable: '읽을 수 있는 내용이 없어서 뺐습니다: {files}',
      unreachable: '가져올 수 없어서 뺐습니다: {files}',
      model: '언어 모델이 사진을 볼 수 없어서 뺐습니다: {files}',
    },
    readInPart: '앞부분만 읽었습니다: {files}',
    andMore: (count) => `그 밖에 ${count}개`,
    duration: (ms) => (ms < 90_000 ? `${toCount(ms, 1000)}초` : `${toCount(ms, 60_000)}분`),
    missed: '한동안 자리를 비워서 여기서 하신 질문에 답하지 못했습니다. 아직 궁금하시면 다시 물어봐 주세요.',
    tooManyWaiting: '이미 많은 질문이 이곳에서 답을 기다리고 있습니다. 답이 끝난 뒤에 다시 물어봐 주세요.',
    tooManyInChannel: '이미 많은 질문이 이곳에서 답을 기다리고 있습니다. 조금 뒤에 다시 물어봐 주세요.',
    tooFast: '제가 답할 수 있는 것보다 빠르게 질문하고 계십니다. 약 {wait} 뒤에 다시 물어봐 주세요.',
    budgets: {
      spent: ({ of, per }, until) => `${periodKo[per]} ${spentOfKo[of]} 다 썼습니다. ${until} 다시 쓸 수 있습니다.`,
      nearlySpent: ({ of, per, unit, cap }, whose, percent) =>
        `⚠️ ${periodKo[per]} ${of === 'bot' ? '봇 전체' : `${holderKo[of]} ${whose}`}의 예산을 ${percent}% 썼습니다 (${unit === 'dollars' ? `$${cap}` : `${cap} ${unit === 'tokens' ? '토큰' : '질문'}`}).`,
    },
    refused: '이곳에서는 {platform}에서 제 답을 받아 주지 않았습니다.',
    filesRefused: '이곳에서는 {platform}에서 파일을 받아 주지 않았습니다.',
    goesOnInFile: '글이 길어서 전체를 파일에 담았습니다.',
    pictureOf: '{tool}에서 온 그림',
    callsDone: (done, all) => (done === all ? `호출 ${all}건 끝남` : `호출 ${all}건 가운데 ${done}건 끝남`),
    waitsForApproval: '승인을 기다립니다',
    runsAsTask: '따로 실행 중입니다. 끝나면 답하겠습니다',
    formAsked: '📝 {server} 서버가 묻습니다:',
    pageAsked: '🔗 {server} 서버가 {host}의 페이지를 열어 달라고 합니다:',
    pageCaution:
      '이 페이지는 {host}에 있습니다. 예상한 일이고 그 서버를 믿을 때만 여세요. 저는 이 페이지를 열어 보지 않았습니다. 끝나면 계속을 누르세요.',
    pageOpened: '고맙습니다. 계속하겠습니다.',
    formTooLong: '이 양식은 {platform}에서 보여 줄 수 있는 것보다 항목이 많습니다.',
    buttons: {
      approve: '승인',
      deny: '거부',
      fillIn: '작성하기',
      showPage: '주소 보기',
      openPage: '페이지 열기',
      goOn: '계속',
      decline: '거절',
      stop: '멈추기',
      again: '다시 답하기',
      why: '과정 보기',
      extend: '한 번 더 허용',
    },
    timeline: {
      head: '이 답이 나온 과정:',
      model: '모델이 답했습니다',
      modelTook: (took) => `모델이 ${took} 만에 답했습니다`,
      tokens: (read, cached, written) => `읽은 토큰 ${read}개(${cached}%는 캐시), 쓴 토큰 ${written}개`,
      retries: (count) => `앞선 요청 ${count}번은 실패`,
      done: '끝남',
      failed: '실패',
      open: '결과 없음',
      arguments: '인수',
      result: '결과',
      approvedBy: '{who} 님이 승인했습니다',
      deniedBy: '{who} 님이 거부했습니다',
      nobody: '제때 승인한 사람이 없습니다',
      undecided: '아직 정한 사람이 없습니다',
      leftOut: '📎 {file} 파일은 빠졌습니다: {why}',
      leftOutReasons: {
        'too-large': '너무 큽니다',
        'too-many': '파일이 너무 많았습니다',
        'unknown-kind': '읽을 수 없는 종류입니다',
        unreadable: '손상되었거나 잠겨 있거나 비어 있습니다',
        unreachable: '가져올 수 없었습니다',
        model: '모델이 그림을 받지 않습니다',
      },
      total: '모두',
      counts: (steps, calls) => `모델의 답 ${steps}번, 호출 ${calls}번`,
      inFile: '첨부한 파일에 모든 내용이 그대로 있습니다.',
    },
    againFailed: '{reason} 앞서 드린 답은 그대로 두었습니다.',
    yes: '예',
    no: '아니요',
    replies: {
      settled: '이미 정해진 일입니다.',
      'not-kept': '지금은 저장할 수 없습니다. 잠시 후 다시 눌러 주세요.',
      moving: '지금 다른 컴퓨터로 옮겨 가는 중입니다. 잠시 후 다시 시도해 주세요.',
      'only-asker': '질문한 멤버만 답할 수 있습니다.',
      'only-approvers': '질문한 멤버나 승인할 수 있는 역할을 가진 멤버만 정할 수 있습니다.',
      'not-asker': '이 호출은 질문한 멤버가 아닌 다른 사람이 승인해야 합니다.',
      elsewhere: '다른 채널의 것입니다.',
      'not-allowed': '여기서는 답해 드리도록 설정되어 있지 않습니다. 이 봇의 운영자가 바꿀 수 있습니다.',
      'not-let': '이 서버의 관리자가 여기서 질문하실 수 없도록 설정했습니다. 관리자가 `/settings`로 바꿀 수 있습니다.',
      'choose-again': '어떤 메시지를 고르셨는지 이제 기억나지 않습니다. 메시지를 다시 골라 주세요.',
      forgotten: '이 채널에서 나눈 대화를 모두 잊었습니다.',
      'not-forgotten': '지금은 대화를 지울 수 없습니다. 잠시 후 다시 시도해 주세요.',
      stopping: '멈추고 있습니다.',
      'no-tasks': '이 채널에서 오래 실행 중인 호출이 없습니다.',
      'nothing-to-stop': '이 채널에서 답하고 있는 질문이 없습니다.',
      'only-moderators': '이 채널의 모든 것은 관리자만 멈출 수 있습니다.',
      'only-moderators-usage':
        '다른 멤버의 사용량은 관리자만 볼 수 있습니다. `of:me`로 자신의 사용량을 볼 수 있습니다.',
      'only-extenders': '더 쓰도록 허용할 수 있는 역할을 가진 멤버만 누를 수 있습니다.',
      extended: '이제 그만큼 더 쓸 수 있습니다. 다시 물으려면 “다시 답하기”를 누르세요.',
      'not-read': '지금은 읽을 수 없습니다. 잠시 후 다시 시도해 주세요.',
      'only-moderators-forget': '이 채널에서 나눈 대화는 관리자만 잊게 할 수 있습니다.',
      'only-asker-stops': '질문한 멤버나 관리자만 이 답변을 멈출 수 있습니다.',
      spent: '이제 쓸 수 없는 버튼입니다. 명령을 다시 써 주세요.',
      'asked-already': '이미 물어보신 질문이며, 곧 답하겠습니다.',
      'no-such-tool': '그런 이름의 도구는 없습니다. 입력할 때 열리는 목록에서 골라 주세요.',
      'only-readers': '이 채널의 이전 메시지를 읽을 수 있는 멤버만 대화를 볼 수 있습니다.',
      'only-asker-again': '질문한 멤버나 관리자만 다시 답하게 할 수 있습니다.',
      'answer-gone': '그 답은 더 이상 보관하고 있지 않습니다.',
      'question-gone': '그 질문이 없어져서 답을 그대로 두었습니다.',
      'asked-again': '이미 다시 답하고 있습니다.',
    },
    invalidField: '“{field}”에는 {kind} 넣어야 합니다. 양식을 다시 작성해 주세요.',
    fieldKinds: {
      text: '글을',
      number: '숫자를',
      integer: '정수를',
      boolean: '예 또는 아니요를',
      choice: '선택지 가운데 하나를',
      choices: '선택지 가운데 몇 개를',
    },
    askDescription: 'Jupan에게 질문하기',
    questionDescription: '무엇이 궁금한가요?',
    fileDescription: '질문과 함께 볼 그림이나 파일',
    askMenu: {
      name: 'Jupan에게 묻기',
      label: '질문 (비워 두어도 됩니다)',
      placeholder: '이 메시지에 대해 무엇이 궁금한가요?',
    },
    privateDescription: '질문과 답을 나만 보기 (나만의 대화로 따로 이어집니다)',
    forgetDescription: '이 채널에서 나눈 대화를 잊기',
    forgetMeDescription: '모든 채널에서 내가 질문한 것을 지우기',
    forgottenPerson: (conversations) =>
      `대화 ${conversations}개에서 질문하신 것과 그 답을 지웠습니다. 채널에 있는 메시지는 그대로 남습니다.`,
    tasks: {
      description: '이 채널에서 오래 실행 중인 호출을 보고 멈추기',
      head: '다음 호출은 따로 실행 중이며, 끝나면 답합니다.',
      asked: (who, since) => `${who} 질문, ${since} 시작`,
    },
    stopDescription: '이 채널에서 하고 있는 답변을 멈추기',
    stopAllDescription: '기다리는 질문까지 이 채널의 모든 것을 멈추기 (관리자용)',
    usage: {
      description: '날짜별 질문 수와 비용 보기',
      ofDescription: '누구의 사용량인지 (채널과 서버는 관리자용)',
      daysDescription: '오늘을 포함해 며칠 동안인지',
      scopes: { me: '나', channel: '이 채널', server: '이 서버' },
      titles: { me: '내 질문', channel: '이 채널의 질문', server: '이 서버의 질문' },
      days: (count) => `${count === 1 ? '오늘' : `최근 ${count}일`} (UTC 기준)`,
      none: '질문이 없었습니다.',
      questions: (count) => `질문 ${count}개`,
      failed: (count) => `답하지 못한 질문 ${count}개`,
      tokens: (read, cached, written) => `읽은 토큰 ${read}개 (캐시 ${cached}개), 쓴 토큰 ${written}개`,
    },
    stoppedAll: (questions) => `이 채널의 질문 ${questions}개를 멈췄습니다.`,
    commands: koreanCommands,
    settings: koreanSettings,
    servers: koreanServers,
    approvals: koreanApprovals,
    review: koreanReview,
  },
};

export function toWarningText(warning: TurnWarning, language: Language): string {
  const { warnings, duration } = catalogues[language];
  const wait = warning.type === 'model-wait' ? duration(warning.waitMs) : '';
  return warnings[warning.type].replace('{wait}', () => wait);
}

function toCount(ms: number, unitMs: number): number {
  return Math.max(1, Math.ceil(ms / unitMs));
}

/** A locale (`ko`, `en-US`, …) as a language of the catalogue; English where there is none. */
export function toLanguage(locale: string | null | undefined): Language {
  return locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

/** Where there is no locale, the question's own script tells. */
export function languageOfText(text: string): Language {
  return /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/.test(text) ? 'ko' : 'en';
}
