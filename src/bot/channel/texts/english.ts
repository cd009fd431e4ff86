/** What members read in English, and wherever there is no translation. */
import type { SpentBudget } from '../../../agent/turn.ts';
import { toUnits } from '../quantities.ts';
import { englishApprovals } from './approvals.ts';
import type { Catalogue } from './catalogue.ts';
import { englishCommands } from './commands.ts';
import { englishReview } from './review.ts';
import { englishServers } from './servers.ts';
import { englishSettings } from './settings.ts';

const spentOf: Readonly<Record<SpentBudget['of'], string>> = {
  bot: 'What I may spend',
  server: 'What I may spend in this server',
  channel: 'What I may spend in this channel',
  member: 'What I may spend for you',
  role: 'What I may spend for you',
};

export const english: Catalogue = {
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
  duration: (ms) => (ms < 90_000 ? `${toUnits(ms, 1000)} seconds` : `${toUnits(ms, 60_000)} minutes`),
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
    'person-not-forgotten':
      'I could not delete all of it right now. Please use `/forget-me` again in a moment; what is deleted already stays deleted.',
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
    `${deletedIn(conversations)} What I am just answering you is not kept either. My messages stay where they stand.`,
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
};

function deletedIn(conversations: number): string {
  if (conversations === 0) return 'Nothing that you asked was stored; your settings and logins are deleted.';
  const where = conversations === 1 ? '1 conversation' : `${conversations} conversations`;
  return `I have deleted what you asked and what I answered you, in ${where}.`;
}
