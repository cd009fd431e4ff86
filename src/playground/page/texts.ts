/** Every word of the page, in both languages. */
import type { Language } from '../wire.ts';

export interface Texts {
  readonly languageName: string;
  readonly guilds: string;
  readonly channels: string;
  readonly directMessages: string;
  readonly members: string;
  readonly onlineMembers: (count: number) => string;
  readonly offlineMembers: (count: number) => string;
  readonly online: string;
  readonly offline: string;
  readonly you: string;
  readonly app: string;
  readonly openMenu: string;
  readonly closeMenu: string;
  readonly unread: string;
  readonly mentions: (count: number) => string;
  readonly offlineModel: string;
  readonly offlineModelHint: string;
  readonly realModelHint: (name: string) => string;
  readonly startThread: string;
  readonly threadName: string;
  readonly create: string;
  readonly cancel: string;
  readonly save: string;
  readonly changeName: string;
  readonly yourName: string;
  readonly changeNameHint: string;
  readonly lightTheme: string;
  readonly darkTheme: string;
  readonly otherLanguage: string;
  readonly today: (time: string) => string;
  readonly yesterday: (time: string) => string;
  readonly newMessages: string;
  readonly jumpToPresent: string;
  readonly edited: string;
  readonly deletedReference: string;
  readonly repliesTo: (name: string) => string;
  readonly used: (name: string, command: HTMLElement) => readonly (string | HTMLElement)[];
  readonly thinking: (name: string) => string;
  readonly typing: (names: readonly string[]) => string;
  readonly reply: string;
  readonly forward: string;
  readonly forwardTo: string;
  readonly forwarded: string;
  readonly more: string;
  readonly attach: string;
  readonly attached: string;
  readonly dropHere: (channel: string) => string;
  readonly pickFile: string;
  readonly removeFile: (filename: string) => string;
  readonly uploading: string;
  readonly notUploaded: (filename: string) => string;
  readonly edit: string;
  readonly remove: string;
  readonly actions: string;
  readonly replyingTo: (name: string) => string;
  readonly editing: string;
  readonly editingHint: string;
  readonly placeholder: (channel: string) => string;
  readonly placeholderDm: (name: string) => string;
  readonly composer: (channel: string) => string;
  readonly send: string;
  readonly mentionList: string;
  readonly commandList: string;
  readonly commandCancel: string;
  readonly noCommands: string;
  readonly commandWaiting: (command: string) => string;
  readonly commandSilent: string;
  readonly commandRefused: (command: string) => string;
  readonly onlyYou: string;
  readonly dismiss: string;
  readonly dismissMessage: string;
  readonly interactionFailed: string;
  readonly download: (filename: string) => string;
  readonly submit: string;
  readonly formNote: (name: string) => string;
  readonly formFailed: string;
  readonly fieldRequired: string;
  readonly fieldTooShort: (length: number) => string;
  readonly choose: string;
  readonly chooseSeveral: string;
  readonly tip: (mention: HTMLElement) => readonly (string | HTMLElement)[];
  readonly connecting: string;
  readonly lost: string;
  readonly refused: string;
  readonly botStarting: (name: string) => string;
  readonly botOffline: (name: string) => string;
  readonly welcomeChannel: (name: string) => string;
  readonly welcomeGeneral: string;
  readonly welcomeThread: string;
  readonly welcomeDm: (name: string) => string;
  readonly welcomeOther: string;
  readonly tryThese: string;
  readonly examples: readonly string[];
  readonly threadExamples: readonly string[];
  readonly commandExample: string;
  readonly commandExampleHint: string;
}

const korean: Texts = {
  languageName: '한국어',
  guilds: '서버',
  channels: '채널',
  directMessages: '다이렉트 메시지',
  members: '멤버',
  onlineMembers: (count) => `온라인 — ${count}`,
  offlineMembers: (count) => `오프라인 — ${count}`,
  online: '온라인',
  offline: '오프라인',
  you: '나',
  app: '앱',
  openMenu: '채널 목록 열기',
  closeMenu: '채널 목록 닫기',
  unread: '읽지 않은 메시지',
  mentions: (count) => `멘션 ${count}개`,
  offlineModel: '오프라인 모델',
  offlineModelHint:
    '키 없이 쓰는 대역으로, 간단한 산수만 알아들어요. OPENAI_API_KEY를 넣고 다시 켜면 진짜 모델이 대답해요.',
  realModelHint: (name) => `${name} 모델이 대답하고 있어요.`,
  startThread: '스레드 만들기',
  threadName: '스레드 이름',
  create: '만들기',
  cancel: '취소',
  save: '저장',
  changeName: '이름 바꾸기',
  yourName: '이 창의 이름',
  changeNameHint: '창마다 다른 사람이에요. 창을 하나 더 열면 둘이서 이야기할 수 있어요.',
  lightTheme: '밝은 화면으로',
  darkTheme: '어두운 화면으로',
  otherLanguage: 'Switch to English',
  today: (time) => `오늘 ${time}`,
  yesterday: (time) => `어제 ${time}`,
  newMessages: '새 메시지',
  jumpToPresent: '최근 메시지로',
  edited: '(수정됨)',
  deletedReference: '원본 메시지가 삭제되었어요',
  repliesTo: (name) => `${name}님에게 답장`,
  used: (name, command) => [`${name}님이 `, command, ' 사용'],
  thinking: (name) => `${name}이 생각하고 있어요…`,
  typing: (names) => (names.length > 2 ? '여러 명이 입력하고 있어요…' : `${names.join('님과 ')}님이 입력하고 있어요…`),
  reply: '답장',
  forward: '전달',
  forwardTo: '어디로 전달할까요?',
  forwarded: '전달됨',
  more: '더 보기',
  attach: '파일 첨부',
  attached: '첨부한 파일',
  dropHere: (channel) => `${channel}에 놓아서 첨부`,
  pickFile: '파일 고르기',
  removeFile: (filename) => `${filename} 빼기`,
  uploading: '올리는 중…',
  notUploaded: (filename) => `${filename}을(를) 올리지 못했어요. 파일은 20 MB까지 보낼 수 있어요.`,
  edit: '수정',
  remove: '삭제',
  actions: '메시지 작업',
  replyingTo: (name) => `${name}님에게 답장하는 중`,
  editing: '메시지를 수정하는 중',
  editingHint: 'Esc 취소 · Enter 저장',
  placeholder: (channel) => `${channel}에 메시지 보내기 — @로 부르거나 / 로 명령`,
  placeholderDm: (name) => `@${name}에게 메시지 보내기`,
  composer: (channel) => `${channel}에 보낼 메시지`,
  send: '보내기',
  mentionList: '멘션할 멤버',
  commandList: '명령어',
  commandCancel: '명령어 지우기',
  noCommands: '아직 등록된 명령어가 없어요. 잠시 뒤에 다시 해 보세요.',
  commandWaiting: (command) => `${command} 보내는 중…`,
  commandSilent: '애플리케이션이 응답하지 않았어요',
  commandRefused: (command) => `${command} 명령을 보내지 못했어요. 잠시 뒤에 다시 해 보세요.`,
  onlyYou: '나에게만 보여요',
  dismiss: '닫기',
  dismissMessage: '메시지 닫기',
  interactionFailed: '상호작용 실패',
  download: (filename) => `${filename} 내려받기`,
  submit: '제출',
  formNote: (name) => `이 양식은 ${name}에게 제출돼요. 비밀번호 같은 민감한 정보는 쓰지 마세요.`,
  formFailed: '문제가 생겼어요. 다시 제출해 보세요.',
  fieldRequired: '꼭 채워야 하는 칸이에요.',
  fieldTooShort: (length) => `${length}자 이상 써 주세요.`,
  choose: '선택해 주세요',
  chooseSeveral: '여러 개를 고를 수 있어요',
  tip: (mention) => ['채널에서는 ', mention, '을 불러야 대답해요. 메시지에 답장해도 돼요.'],
  connecting: '연결하는 중…',
  lost: '놀이터와 연결이 끊어졌어요. 다시 연결하는 중…',
  refused: '보내지 못했어요. 메시지가 이미 없어졌을 수 있어요.',
  botStarting: (name) => `${name}이 켜지고 있어요. 잠시 뒤에 물어볼 수 있어요.`,
  botOffline: (name) => `${name}이 오프라인이에요. 돌아오면 밀린 질문에 대답해요.`,
  welcomeChannel: (name) => `${name}에 오신 걸 환영해요!`,
  welcomeGeneral:
    'Jupan(주판)은 계산 도구를 쓰는 봇이에요. 채널마다 대화를 따로 기억하고, 어떻게 계산했는지 보여 줘요. 실제 Discord에서와 똑같은 프로그램이 여러분 컴퓨터에서만 돌고 있어요.',
  welcomeThread: '스레드는 자기만의 대화 기록이 있어요. 채널에서 한 계산을 여기서는 모른답니다.',
  welcomeDm: (name) => `${name}과 둘이서만 나누는 대화예요. 여기서는 부르지 않아도 모든 메시지에 대답해요.`,
  welcomeOther: '이 채널의 대화 기록도 따로예요.',
  tryThese: '눌러서 물어보세요',
  examples: [
    '@Jupan 15와 27을 더해줘',
    '@Jupan 100과 200을 더한 다음 50을 더해줘',
    '@Jupan 거기에 50을 더해줘',
    '@Jupan x^2와 sin(x)를 -5부터 5까지 그려 줘',
  ],
  threadExamples: ['@Jupan 12와 12를 곱해줘', '@Jupan 거기에 10을 곱해줘'],
  commandExample: '/ask',
  commandExampleHint: '명령어로 물어보기',
};

const english: Texts = {
  languageName: 'English',
  guilds: 'Servers',
  channels: 'Channels',
  directMessages: 'Direct messages',
  members: 'Members',
  onlineMembers: (count) => `Online — ${count}`,
  offlineMembers: (count) => `Offline — ${count}`,
  online: 'online',
  offline: 'offline',
  you: 'you',
  app: 'APP',
  openMenu: 'Open the channel list',
  closeMenu: 'Close the channel list',
  unread: 'unread messages',
  mentions: (count) => `${count} mention${count === 1 ? '' : 's'}`,
  offlineModel: 'Offline model',
  offlineModelHint:
    'A stand-in that needs no key and understands simple arithmetic only. Set OPENAI_API_KEY and start again to talk to the real model.',
  realModelHint: (name) => `${name} is answering.`,
  startThread: 'Start a thread',
  threadName: 'Thread name',
  create: 'Create',
  cancel: 'Cancel',
  save: 'Save',
  changeName: 'Change name',
  yourName: 'Your name in this window',
  changeNameHint: 'Every window is another person. Open a second one and talk to each other.',
  lightTheme: 'Switch to light',
  darkTheme: 'Switch to dark',
  otherLanguage: '한국어로 바꾸기',
  today: (time) => `Today at ${time}`,
  yesterday: (time) => `Yesterday at ${time}`,
  newMessages: 'New messages',
  jumpToPresent: 'Jump to present',
  edited: '(edited)',
  deletedReference: 'Original message was deleted',
  repliesTo: (name) => `Reply to ${name}`,
  used: (name, command) => [`${name} used `, command],
  thinking: (name) => `${name} is thinking…`,
  typing: (names) =>
    names.length > 2
      ? 'Several people are typing…'
      : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing…`,
  reply: 'Reply',
  forward: 'Forward',
  forwardTo: 'Where to?',
  forwarded: 'Forwarded',
  more: 'More',
  attach: 'Attach files',
  attached: 'Attached files',
  dropHere: (channel) => `Drop to attach in ${channel}`,
  pickFile: 'Pick a file',
  removeFile: (filename) => `Remove ${filename}`,
  uploading: 'Uploading…',
  notUploaded: (filename) => `${filename} could not be uploaded. Files may have up to 20 MB.`,
  edit: 'Edit',
  remove: 'Delete',
  actions: 'Message actions',
  replyingTo: (name) => `Replying to ${name}`,
  editing: 'Editing your message',
  editingHint: 'Esc to cancel · Enter to save',
  placeholder: (channel) => `Message ${channel} — @ to mention, / for commands`,
  placeholderDm: (name) => `Message @${name}`,
  composer: (channel) => `Message to ${channel}`,
  send: 'Send',
  mentionList: 'Members to mention',
  commandList: 'Commands',
  commandCancel: 'Clear the command',
  noCommands: 'No command is registered yet. Try again in a moment.',
  commandWaiting: (command) => `Sending ${command}…`,
  commandSilent: 'The application did not respond',
  commandRefused: (command) => `${command} could not be sent. Try again in a moment.`,
  onlyYou: 'Only you can see this',
  dismiss: 'Dismiss',
  dismissMessage: 'Dismiss message',
  interactionFailed: 'This interaction failed',
  download: (filename) => `Download ${filename}`,
  submit: 'Submit',
  formNote: (name) => `This form will be submitted to ${name}. Do not share passwords or other sensitive information.`,
  formFailed: 'Something went wrong. Try again.',
  fieldRequired: 'This field is required.',
  fieldTooShort: (length) => `Must be at least ${length} character${length === 1 ? '' : 's'}.`,
  choose: 'Make a selection',
  chooseSeveral: 'Choose as many as you like',
  tip: (mention) => ['In a channel, mention ', mention, ' to get an answer, or reply to one of its messages.'],
  connecting: 'Connecting…',
  lost: 'The connection to the playground is gone. Trying again…',
  refused: 'That could not be sent. The message may be gone already.',
  botStarting: (name) => `${name} is starting. You can ask in a moment.`,
  botOffline: (name) => `${name} is offline. Once back, it answers what was asked meanwhile.`,
  welcomeChannel: (name) => `Welcome to ${name}!`,
  welcomeGeneral:
    'Jupan is a bot that reaches for an exact calculator. It remembers one conversation per channel and shows each step it takes. What answers here is the very program that runs on real Discord, all on your own machine.',
  welcomeThread: 'A thread has a history of its own: what was calculated in the channel is unknown here.',
  welcomeDm: (name) => `A conversation between you and ${name}. Here every message is answered; no mention needed.`,
  welcomeOther: 'This channel has a history of its own, too.',
  tryThese: 'Click one to ask it',
  examples: [
    '@Jupan add 15 and 27',
    '@Jupan add 100 and 200, then add 50',
    '@Jupan now add 50 to that',
    '@Jupan plot x^2 and sin(x) from -5 to 5',
  ],
  threadExamples: ['@Jupan multiply 12 by 12', '@Jupan multiply that by 10'],
  commandExample: '/ask',
  commandExampleHint: 'ask with a command',
};

export const texts: Readonly<Record<Language, Texts>> = { ko: korean, en: english };
