/** The sentences of the commands by which members look things up, in every language there is: parts of the catalogue. */
import type { ArgumentKind } from '../../../agent/offered-tool.ts';
import type { FailureCode } from '../../../agent/turn.ts';
import { type ContentTexts, englishContent, koreanContent } from './content.ts';

/** Questions that a member can ask by a button. */
export type ExampleName = 'sum' | 'chain' | 'curves' | 'power' | 'root' | 'abilities' | 'abacus';

export interface CommandTexts {
  readonly help: HelpTexts;
  readonly tools: ToolsTexts;
  readonly history: HistoryTexts;
  readonly content: ContentTexts;
  readonly pages: {
    readonly previous: string;
    readonly next: string;
    /** `{page}` and `{pages}` are numbers. */
    readonly place: string;
  };
  /** Who must approve a call, in the midst of a sentence. `{roles}` stands for the roles that may. */
  readonly approvers: {
    readonly asker: string;
    readonly askerOrRoles: string;
    readonly others: string;
  };
}

export interface HelpTexts {
  readonly description: string;
  readonly intro: string;
  readonly ways: string;
  readonly mention: string;
  readonly command: string;
  /** The menu of a message. */
  readonly menu: string;
  readonly direct: string;
  /** Where the bot is no member. */
  readonly commandWithoutBot: string;
  readonly commandWithoutWriting: string;
  readonly abilities: string;
  tools(count: number): string;
  readonly noTools: string;
  /** `{who}` is one of `approvers`. */
  readonly approval: string;
  readonly approvalByNobody: string;
  /** What a question can bring along. */
  readonly attachments: string;
  readonly files: string;
  readonly filesByCommandAlone: string;
  readonly memory: string;
  readonly sharedMemory: string;
  readonly forget: string;
  readonly forgetMe: string;
  readonly privately: string;
  readonly stop: string;
  readonly usage: string;
  readonly notWhileAway: string;
  readonly examplesToPress: string;
  readonly examples: Readonly<Record<ExampleName, string>>;
}

export interface ToolsTexts {
  readonly description: string;
  readonly toolDescription: string;
  count(tools: number): string;
  readonly unreachable: string;
  /** Tools that the model is not offered. */
  missing(tools: number): string;
  readonly none: string;
  /** Behind a tool's name. */
  readonly needsApproval: string;
  readonly needsOthers: string;
  /** What these words mean; `{mark}` is one of them, `{who}` one of `approvers`. */
  readonly markMeaning: string;
  readonly markByNobody: string;
  /** Of one tool. */
  readonly approval: string;
  readonly approvalByNobody: string;
  readonly noApproval: string;
  readonly arguments: string;
  readonly noArguments: string;
  readonly required: string;
  readonly optional: string;
  readonly kinds: Readonly<Record<ArgumentKind, string>>;
  /** `{file}` has all of them. */
  moreArguments(count: number): string;
}

export interface HistoryTexts {
  readonly description: string;
  readonly privateDescription: string;
  count(questions: number): string;
  /** Of those that a member has asked for themselves. */
  countOwn(questions: number): string;
  readonly empty: string;
  readonly summary: string;
  readonly outcomes: Readonly<Record<FailureCode | 'answered', string>>;
  readonly newer: string;
  readonly older: string;
  readonly toMarkdown: string;
  readonly toJson: string;
  saved(questions: number): string;
  /** Of the oldest, which find no room in a file. */
  leftOut(questions: number): string;
  /** The heading of the file. */
  readonly title: string;
}

export const englishCommands: CommandTexts = {
  content: englishContent,
  help: {
    description: 'Show what I can do here, with examples to press',
    intro: 'I answer questions, work them out with tools, and show how.',
    ways: 'How to ask here',
    mention: 'Mention me with a question, or reply to one of my messages with the ping on.',
    command: 'Use `/ask` and write your question.',
    menu: 'Right-click or hold any message, then Apps → **Ask Jupan**: I read it, and you may add a question.',
    direct: 'Write anything: here, every message is a question.',
    commandWithoutBot: 'Use `/ask`. Messages do not reach me here, because I am no member of this place.',
    commandWithoutWriting: 'Use `/ask`. Mentions are of no use, because I may not write in this channel.',
    abilities: 'What I can do here',
    tools: (count) => `I use ${count === 1 ? '1 tool' : `${count} tools`}: \`/tools\` shows them.`,
    noTools: 'I have no tools right now, and answer without.',
    approval: 'Some calls of tools wait until {who} approves them.',
    approvalByNobody: 'Some tools need an approval that nobody can give here.',
    attachments: 'Send pictures and text files along; what you reply to or forward to me comes along as well.',
    files: 'I show pictures and files that tools make.',
    filesByCommandAlone:
      'I show pictures and files of tools in answers to `/ask` only: I may not attach any in this channel.',
    memory: 'I remember what we said: `/history` shows it.',
    sharedMemory: 'I remember what was said here, for everybody in this channel: `/history` shows it.',
    forget: '`/forget` deletes what I remember.',
    forgetMe: '`/forget-me` deletes what is stored of your questions, here and everywhere.',
    privately: '`/ask` with `private` shows question and answer to you alone.',
    stop: '`/stop` stops the answer that I am working on.',
    usage: '`/usage` shows what you have asked and what it cost.',
    notWhileAway: 'I may not read earlier messages here: what is asked while I am away stays unanswered.',
    examplesToPress: 'Press an example to ask it:',
    examples: {
      sum: 'add 15 and 27',
      chain: 'add 100 and 200, then add 50',
      curves: 'plot sin(x) and cos(x) from -3 to 3',
      power: 'What is 2 to the power of 100?',
      root: 'What is the square root of 2?',
      abilities: 'What can you help me with?',
      abacus: 'How does an abacus work?',
    },
  },
  tools: {
    description: 'Show the tools that I can use',
    toolDescription: 'One tool: what it takes, and who must approve it',
    count: (tools) => (tools === 1 ? '1 tool' : `${tools} tools`),
    unreachable: 'cannot be reached right now',
    missing: (tools) => `${tools} more that I cannot use: there are too many.`,
    none: 'I have no tools right now.',
    needsApproval: 'needs approval',
    needsOthers: 'needs approval by another',
    markMeaning: '“{mark}”: a call waits until {who} approves it.',
    markByNobody: '“{mark}”: nobody can approve a call of it here.',
    approval: 'A call waits until {who} approves it.',
    approvalByNobody: 'Nobody can approve a call of it here.',
    noApproval: 'A call needs no approval.',
    arguments: 'Arguments',
    noArguments: 'It takes no arguments.',
    required: 'required',
    optional: 'optional',
    kinds: {
      text: 'text',
      number: 'number',
      integer: 'whole number',
      boolean: 'yes or no',
      choice: 'one of',
      list: 'list',
      object: 'object',
      anything: 'anything',
    },
    moreArguments: (count) => `${count} more ${count === 1 ? 'is' : 'are'} in {file}.`,
  },
  history: {
    description: 'Show what was asked in this channel, and save it',
    privateDescription: 'What you have asked here for your own eyes only',
    count: (questions) => (questions === 1 ? '1 question in this channel' : `${questions} questions in this channel`),
    countOwn: (questions) =>
      questions === 1 ? '1 question that only you can see' : `${questions} questions that only you can see`,
    empty: 'I know of no conversation here.',
    summary: 'Of what was said before that, I know a summary.',
    outcomes: {
      answered: 'answered',
      'model-unreachable': 'the language model could not be reached',
      'model-refused': 'the language model refused access',
      'model-unknown': 'the language model does not exist',
      'model-busy': 'the language model was too busy',
      'model-quota': 'the credit for the language model was used up',
      'model-error': 'the language model had a problem',
      'model-cut-off': 'the language model broke off',
      'model-empty': 'the language model gave no answer',
      'answer-too-long': 'the answer was cut: too long',
      'answer-filtered': 'the answer was withheld by the model’s provider',
      'step-limit': 'given up: too many steps',
      'time-limit': 'given up: it took too long',
      'prompt-gone': 'no answer: the prompt was gone',
      'prompt-refused': 'no answer: the prompt was refused',
      'prompt-unreachable': 'no answer: the prompt could not be reached',
      'over-budget': 'not answered: what may be spent was used up',
      stopped: 'stopped',
      'store-failed': 'not taken: it could not be kept',
      internal: 'something went wrong',
    },
    newer: 'Newer',
    older: 'Older',
    toMarkdown: 'Save as Markdown',
    toJson: 'Save as JSON',
    saved: (questions) => `The conversation, with ${questions === 1 ? '1 question' : `${questions} questions`}.`,
    leftOut: (questions) => `The oldest ${questions === 1 ? 'one does' : `${questions} do`} not fit in a file.`,
    title: 'Conversation',
  },
  pages: { previous: 'Previous', next: 'Next', place: 'page {page} of {pages}' },
  approvers: {
    asker: 'the member who asked',
    askerOrRoles: 'the member who asked, or one with {roles},',
    others: 'another member with {roles}',
  },
};

export const koreanCommands: CommandTexts = {
  content: koreanContent,
  help: {
    description: '여기서 할 수 있는 일과 예시 보기',
    intro: '질문을 받으면 도구로 풀어서 답하고, 어떻게 풀었는지 보여 드립니다.',
    ways: '여기서 묻는 방법',
    mention: '저를 멘션하며 질문하거나, 멘션을 켠 채로 제 메시지에 답장하세요.',
    command: '`/ask`를 쓰고 질문을 적으세요.',
    menu: '아무 메시지나 마우스 오른쪽 단추로 누르거나 길게 눌러 앱 → **Jupan에게 묻기**를 고르세요. 그 메시지를 읽고, 덧붙인 질문에 답합니다.',
    direct: '무엇이든 쓰세요. 여기서는 모든 메시지가 질문입니다.',
    commandWithoutBot: '`/ask`를 쓰세요. 제가 이곳의 멤버가 아니라서 메시지는 저에게 전해지지 않습니다.',
    commandWithoutWriting: '`/ask`를 쓰세요. 제가 이 채널에 글을 쓸 수 없어서 멘션에는 답하지 못합니다.',
    abilities: '여기서 할 수 있는 일',
    tools: (count) => `도구 ${count}개를 씁니다. \`/tools\`로 볼 수 있습니다.`,
    noTools: '지금은 도구가 없어서 도구 없이 답합니다.',
    approval: '어떤 도구 호출은 {who}의 승인을 기다립니다.',
    approvalByNobody: '어떤 도구는 승인이 필요한데, 여기에는 승인할 수 있는 사람이 없습니다.',
    attachments: '그림과 텍스트 파일을 함께 보내세요. 답장하거나 전달한 메시지도 함께 읽습니다.',
    files: '도구가 만든 그림과 파일을 보여 드립니다.',
    filesByCommandAlone:
      '이 채널에는 파일을 첨부할 수 없어서, 도구가 만든 그림과 파일은 `/ask`의 답에서만 보여 드립니다.',
    memory: '나눈 대화를 기억합니다. `/history`로 볼 수 있습니다.',
    sharedMemory: '여기서 나눈 대화를 기억하며, 이 채널의 모두가 함께 씁니다. `/history`로 볼 수 있습니다.',
    forget: '`/forget`으로 기억한 대화를 지웁니다.',
    forgetMe: '`/forget-me`로 모든 채널에 저장된 내 질문을 지웁니다.',
    privately: '`/ask`에 `private`를 켜면 질문과 답이 나에게만 보입니다.',
    stop: '`/stop`으로 하고 있는 답변을 멈춥니다.',
    usage: '`/usage`로 무엇을 물어보았고 비용이 얼마였는지 볼 수 있습니다.',
    notWhileAway: '여기서는 이전 메시지를 읽을 수 없어서, 자리를 비운 동안의 질문에는 답하지 못합니다.',
    examplesToPress: '예시를 누르면 바로 질문합니다.',
    examples: {
      sum: '15와 27을 더해줘',
      chain: '100과 200을 더한 다음 50을 더해줘',
      curves: 'sin(x)와 cos(x)를 -3에서 3까지 그려줘',
      power: '2의 100제곱은 얼마야?',
      root: '2의 제곱근을 구해줘',
      abilities: '무엇을 도와줄 수 있어?',
      abacus: '주판은 어떻게 쓰는 거야?',
    },
  },
  tools: {
    description: '제가 쓸 수 있는 도구 보기',
    toolDescription: '도구 하나의 인수와 누가 승인해야 하는지 보기',
    count: (tools) => `도구 ${tools}개`,
    unreachable: '지금은 연결할 수 없습니다',
    missing: (tools) => `그 밖에 ${tools}개는 너무 많아서 쓸 수 없습니다.`,
    none: '지금은 쓸 수 있는 도구가 없습니다.',
    needsApproval: '승인 필요',
    needsOthers: '다른 멤버의 승인 필요',
    markMeaning: '“{mark}”: 호출이 {who}의 승인을 기다립니다.',
    markByNobody: '“{mark}”: 여기에는 호출을 승인할 수 있는 사람이 없습니다.',
    approval: '호출은 {who}의 승인을 기다립니다.',
    approvalByNobody: '여기에는 이 도구의 호출을 승인할 수 있는 사람이 없습니다.',
    noApproval: '호출에 승인이 필요하지 않습니다.',
    arguments: '인수',
    noArguments: '인수가 없습니다.',
    required: '필수',
    optional: '선택',
    kinds: {
      text: '글',
      number: '숫자',
      integer: '정수',
      boolean: '예 또는 아니요',
      choice: '다음 가운데 하나',
      list: '목록',
      object: '객체',
      anything: '무엇이든',
    },
    moreArguments: (count) => `나머지 ${count}개는 {file}에 있습니다.`,
  },
  history: {
    description: '이 채널에서 나온 질문을 보고 저장하기',
    privateDescription: '나만 보기로 물어본 질문 보기',
    count: (questions) => `이 채널의 질문 ${questions}개`,
    countOwn: (questions) => `나만 볼 수 있는 질문 ${questions}개`,
    empty: '여기서 나눈 대화가 없습니다.',
    summary: '그전에 나눈 대화는 요약해서 기억합니다.',
    outcomes: {
      answered: '답변함',
      'model-unreachable': '언어 모델에 연결하지 못함',
      'model-refused': '언어 모델이 접속을 거부함',
      'model-unknown': '설정된 언어 모델이 없음',
      'model-busy': '언어 모델이 너무 바빴음',
      'model-quota': '언어 모델 사용 한도가 다 찼음',
      'model-error': '언어 모델에 문제가 생김',
      'model-cut-off': '언어 모델의 답이 중간에 끊김',
      'model-empty': '언어 모델이 답을 내지 않음',
      'answer-too-long': '답이 너무 길어 잘림',
      'answer-filtered': '언어 모델 제공자가 답을 막음',
      'step-limit': '단계가 너무 많아 그만둠',
      'time-limit': '너무 오래 걸려 그만둠',
      'prompt-gone': '답하지 못함: 프롬프트가 없어짐',
      'prompt-refused': '답하지 못함: 프롬프트가 거절됨',
      'prompt-unreachable': '답하지 못함: 프롬프트 서버에 연결할 수 없음',
      'over-budget': '쓸 수 있는 한도가 다 차서 답하지 못함',
      stopped: '멈춤',
      'store-failed': '저장할 수 없어 받지 못함',
      internal: '문제가 생김',
    },
    newer: '더 최근',
    older: '더 이전',
    toMarkdown: 'Markdown으로 저장',
    toJson: 'JSON으로 저장',
    saved: (questions) => `대화를 저장했습니다. 질문 ${questions}개가 들어 있습니다.`,
    leftOut: (questions) => `가장 오래된 ${questions}개는 파일 하나에 다 들어가지 않아 뺐습니다.`,
    title: '대화',
  },
  pages: { previous: '이전', next: '다음', place: '{pages}쪽 가운데 {page}쪽' },
  approvers: {
    asker: '질문한 멤버',
    askerOrRoles: '질문한 멤버나 {roles} 역할을 가진 멤버',
    others: '{roles} 역할을 가진 다른 멤버',
  },
};
