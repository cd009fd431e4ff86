/** The sentences of `/settings`, in every language there is: a part of the catalogue. Descriptions of choices have at most 100 characters. */
import type { LanguageChoice, NoticeStyle, Scope, SettingName } from '../../../settings/layer.ts';
import type { Origin } from '../../../settings/resolve.ts';

/** A choice in a menu, and what it means in one line. */
export interface ChoiceText {
  readonly label: string;
  readonly means: string;
}

export type ApprovalChoice = 'destructive' | 'always' | 'others';

/** The two choices of what is on or off. */
interface YesOrNo {
  readonly yes: ChoiceText;
  readonly no: ChoiceText;
}

export interface SettingsTexts {
  readonly description: string;
  readonly viewDescription: string;
  readonly views: Readonly<Record<'panel' | 'explain' | 'history', string>>;
  /** Above the panel. */
  readonly titles: Readonly<Record<Scope, string>>;
  readonly intros: Readonly<Record<Scope, string>>;
  /** In the menu of scopes. */
  readonly scopes: Readonly<Record<Scope, ChoiceText>>;
  readonly names: Readonly<Record<SettingName, string>>;
  /** What a setting is for, in one line. */
  readonly means: Readonly<Record<SettingName, string>>;
  /** More of it, where it is changed. */
  readonly more: Readonly<Partial<Record<SettingName, string>>>;
  readonly origins: Readonly<Record<Origin, string>>;
  /** Where a layer says nothing. */
  readonly inherit: ChoiceText;
  readonly notSet: string;
  readonly languages: Readonly<Record<LanguageChoice, ChoiceText>>;
  readonly notices: Readonly<Record<NoticeStyle, ChoiceText>>;
  readonly approvals: Readonly<Record<ApprovalChoice, ChoiceText>>;
  /** Behind which calls: who decides. */
  readonly byOthers: string;
  readonly byOperator: string;
  readonly privately: YesOrNo;
  readonly inThreads: YesOrNo;
  readonly usualModel: string;
  readonly change: string;
  readonly edit: string;
  readonly remove: string;
  readonly back: string;
  readonly reset: string;
  readonly chooseScope: string;
  readonly instructionsLabel: string;
  readonly instructionsHint: string;
  /** Of instructions: how many characters there are. */
  characters(count: number): string;
  readonly serversOff: string;
  readonly toolsOff: string;
  off(servers: number, tools: number): string;
  readonly nothingOff: string;
  /** Switched off, and not there any more. */
  readonly gone: string;
  readonly allowedRoles: string;
  readonly deniedRoles: string;
  readonly allowedChannels: string;
  readonly deniedChannels: string;
  readonly everybody: string;
  rules(allowed: number, denied: number): string;
  /** Behind a value that does not count. */
  readonly ignored: string;
  readonly explainTitle: string;
  readonly youMay: string;
  readonly youMayNot: string;
  readonly historyTitle: string;
  readonly noHistory: string;
  /** `{who}`, `{what}`, `{value}` and `{when}`. */
  readonly changed: string;
  readonly removed: string;
  readonly onlyManagers: string;
  readonly gonePage: string;
  readonly tooLong: string;
  readonly notOffered: string;
}

export const englishSettings: SettingsTexts = {
  description: 'Set how I answer: for this server and channel with Manage Server, or for yourself',
  viewDescription: 'What to show: the settings to change (default), where each comes from, or who changed what',
  views: { panel: 'Change settings', explain: 'Where each comes from', history: 'Who changed what' },
  titles: { server: 'Settings of this server', channel: 'Settings of this channel', person: 'My settings' },
  intros: {
    server: 'They hold in every channel that says nothing else.',
    channel: 'They hold in this channel and its threads, and go before those of the server.',
    person: 'They hold for your own questions, wherever you ask.',
  },
  scopes: {
    server: { label: 'This server', means: 'What holds in all channels' },
    channel: { label: 'This channel', means: 'What holds here and in the threads of this channel' },
    person: { label: 'Only me', means: 'What holds for my own questions, everywhere' },
  },
  names: {
    language: 'Language',
    instructions: 'Extra instructions',
    model: 'Model',
    tools: 'Tools',
    approval: 'Approval of calls',
    notices: 'Notices of tool calls',
    private: 'Private answers',
    threads: 'Answers in threads',
    access: 'Who may ask',
  },
  means: {
    language: 'What my own words are in, such as notices and errors.',
    instructions: 'What I should heed in every answer.',
    model: 'Which language model answers.',
    tools: 'Which tool servers and tools I may use.',
    approval: 'Which calls of tools wait until a person approves them.',
    notices: 'How much I show of tool calls.',
    private: 'Whether answers to /ask are for the asker alone.',
    threads: 'Whether I answer a mention in a thread of its own.',
    access: 'Which roles and channels I answer.',
  },
  more: {
    instructions:
      'All of them hold: those of the server, of the channel and of the one who asks. They cannot take back what whoever runs me has set.',
    tools: 'What is switched off for the server stays off in its channels and for everybody.',
    approval: 'It can only become stricter: what the server demands holds for everybody.',
    private: 'Whoever asks can still choose with the option `private`.',
    threads:
      'Where I may not create public threads, I reply in the channel. Commands are answered where they are used.',
    access:
      'What is denied is denied, whatever is allowed besides. Where nothing is allowed by name, everything is. Members with Manage Server can always change this.',
  },
  origins: {
    operator: 'whoever runs me',
    server: 'this server',
    channel: 'this channel',
    person: 'you',
  },
  inherit: { label: 'Not set here', means: 'What the wider settings say' },
  notSet: 'not set here',
  languages: {
    discord: { label: 'As the question', means: 'The language of the question, else the one that Discord names' },
    en: { label: 'English', means: 'Always English' },
    ko: { label: '한국어', means: 'Always Korean' },
  },
  notices: {
    all: { label: 'All calls', means: 'A line for each call' },
    folded: { label: 'Folded', means: 'One line where a step makes more than three calls' },
    failures: { label: 'Failures alone', means: 'Only calls that fail or wait for somebody' },
  },
  approvals: {
    destructive: {
      label: 'Calls that may destroy',
      means: 'Unless the tool says that it only reads, or destroys nothing',
    },
    always: { label: 'All calls', means: 'The asker, or a role that may approve, decides' },
    others: { label: 'All calls, by somebody else', means: 'A role that may approve decides, and never the asker' },
  },
  byOthers: 'by somebody else',
  byOperator: 'as the tool servers are set up',
  privately: {
    yes: { label: 'Yes', means: 'Only the asker sees question and answer' },
    no: { label: 'No', means: 'Everybody in the channel sees them' },
  },
  inThreads: {
    yes: { label: 'Yes', means: 'Each mention begins a thread, with a conversation of its own' },
    no: { label: 'No', means: 'I reply in the channel' },
  },
  usualModel: 'the usual one',
  change: 'Change',
  edit: 'Edit',
  remove: 'Remove',
  back: 'Back',
  reset: 'Clear',
  chooseScope: 'Whose settings?',
  instructionsLabel: 'Extra instructions',
  instructionsHint: 'Such as: answer in two sentences, and call prices approximate.',
  characters: (count) => (count === 1 ? '1 character' : `${count} characters`),
  serversOff: 'Tool servers switched off',
  toolsOff: 'Tools switched off',
  off: (servers, tools) =>
    [
      ...(servers === 0 ? [] : [servers === 1 ? '1 server off' : `${servers} servers off`]),
      ...(tools === 0 ? [] : [tools === 1 ? '1 tool off' : `${tools} tools off`]),
    ].join(', '),
  nothingOff: 'all of them',
  gone: 'Switched off, and not there any more: {names}.',
  allowedRoles: 'Roles that may ask',
  deniedRoles: 'Roles that may not ask',
  allowedChannels: 'Channels where I answer',
  deniedChannels: 'Channels where I do not answer',
  everybody: 'everybody',
  rules: (allowed, denied) => `${allowed} allowed, ${denied} denied`,
  ignored: 'does not count, because whoever runs me does not offer it',
  explainTitle: 'What holds for you here',
  youMay: 'You may ask me here.',
  youMayNot: 'You may not ask me here.',
  historyTitle: 'The last changes',
  noHistory: 'Nothing was changed yet.',
  changed: '{when} {who}: {what} → {value} ({scope})',
  removed: '{when} {who}: {what} cleared ({scope})',
  onlyManagers: 'Only members with the permission Manage Server can change that.',
  gonePage: 'Whoever runs me does not let that be changed here.',
  tooLong: 'That is too long: at most {most} characters.',
  notOffered: 'That is not offered any more.',
};

export const koreanSettings: SettingsTexts = {
  description: '답하는 방식을 설정합니다. 서버와 채널은 서버 관리 권한으로, 나만의 설정은 누구나',
  viewDescription: '무엇을 볼지: 바꿀 설정(기본), 각 설정의 출처, 변경 기록',
  views: { panel: '설정 바꾸기', explain: '각 설정의 출처', history: '변경 기록' },
  titles: { server: '이 서버의 설정', channel: '이 채널의 설정', person: '나만의 설정' },
  intros: {
    server: '따로 설정하지 않은 모든 채널에 적용됩니다.',
    channel: '이 채널과 채널의 스레드에 적용되며, 서버 설정보다 우선합니다.',
    person: '어디에서 묻든 내 질문에만 적용됩니다.',
  },
  scopes: {
    server: { label: '이 서버', means: '모든 채널에 적용되는 설정' },
    channel: { label: '이 채널', means: '이 채널과 채널의 스레드에 적용되는 설정' },
    person: { label: '나만', means: '어디에서든 내 질문에만 적용되는 설정' },
  },
  names: {
    language: '언어',
    instructions: '추가 지시',
    model: '모델',
    tools: '도구',
    approval: '호출 승인',
    notices: '도구 호출 알림',
    private: '비공개 답변',
    threads: '스레드에서 답변',
    access: '질문할 수 있는 멤버',
  },
  means: {
    language: '알림이나 오류처럼 봇이 직접 하는 말의 언어입니다.',
    instructions: '모든 답변에서 지켜 주었으면 하는 점입니다.',
    model: '어떤 언어 모델이 답할지 정합니다.',
    tools: '어떤 도구 서버와 도구를 쓸지 정합니다.',
    approval: '어떤 도구 호출이 사람의 승인을 기다릴지 정합니다.',
    notices: '도구 호출을 얼마나 보여 줄지 정합니다.',
    private: '/ask의 답변을 질문한 사람만 볼지 정합니다.',
    threads: '멘션에 스레드를 열어 답할지 정합니다.',
    access: '어떤 역할과 채널에 답할지 정합니다.',
  },
  more: {
    instructions: '서버, 채널, 질문한 사람의 지시가 모두 함께 적용됩니다. 봇 운영자가 정한 것을 되돌릴 수는 없습니다.',
    tools: '서버에서 끈 도구는 모든 채널과 멤버에게 꺼져 있습니다.',
    approval: '더 엄격하게만 바꿀 수 있습니다. 서버가 요구하는 승인은 모두에게 적용됩니다.',
    private: '질문할 때 `private` 옵션으로 따로 고를 수 있습니다.',
    threads: '공개 스레드를 만들 권한이 없는 곳에서는 채널에서 답장합니다. 명령어에는 쓴 곳에서 답합니다.',
    access:
      '거부한 것은 무엇을 허용했든 거부됩니다. 허용을 하나도 고르지 않으면 모두 허용됩니다. 서버 관리 권한이 있는 멤버는 언제나 이 설정을 바꿀 수 있습니다.',
  },
  origins: { operator: '봇 운영자', server: '이 서버', channel: '이 채널', person: '나' },
  inherit: { label: '여기서 정하지 않음', means: '더 넓은 범위의 설정을 따릅니다' },
  notSet: '여기서 정하지 않음',
  languages: {
    discord: { label: '질문의 언어', means: '질문의 언어, 알 수 없으면 Discord가 알려 주는 언어' },
    en: { label: 'English', means: '언제나 영어' },
    ko: { label: '한국어', means: '언제나 한국어' },
  },
  notices: {
    all: { label: '모든 호출', means: '호출마다 한 줄씩' },
    folded: { label: '접어서', means: '한 단계의 호출이 셋보다 많으면 한 줄로' },
    failures: { label: '실패만', means: '실패했거나 누군가를 기다리는 호출만' },
  },
  approvals: {
    destructive: { label: '무언가를 지울 수 있는 호출', means: '읽기만 하거나 지우지 않는다고 밝힌 도구는 빼고' },
    always: { label: '모든 호출', means: '질문한 멤버나 승인할 수 있는 역할이 정합니다' },
    others: { label: '모든 호출, 다른 사람이', means: '질문한 멤버가 아니라 승인할 수 있는 역할이 정합니다' },
  },
  byOthers: '다른 사람이',
  byOperator: '도구 서버에 설정된 대로',
  privately: {
    yes: { label: '예', means: '질문과 답변을 질문한 사람만 봅니다' },
    no: { label: '아니요', means: '채널의 모두가 봅니다' },
  },
  inThreads: {
    yes: { label: '예', means: '멘션마다 스레드를 열어 따로 대화합니다' },
    no: { label: '아니요', means: '채널에서 바로 답장합니다' },
  },
  usualModel: '기본 모델',
  change: '바꾸기',
  edit: '편집',
  remove: '지우기',
  back: '뒤로',
  reset: '비우기',
  chooseScope: '누구의 설정인가요?',
  instructionsLabel: '추가 지시',
  instructionsHint: '예: 두 문장으로 답하고, 가격은 어림값이라고 밝혀 줘.',
  characters: (count) => `${count}자`,
  serversOff: '꺼 둔 도구 서버',
  toolsOff: '꺼 둔 도구',
  off: (servers, tools) =>
    [...(servers === 0 ? [] : [`서버 ${servers}개 끔`]), ...(tools === 0 ? [] : [`도구 ${tools}개 끔`])].join(', '),
  nothingOff: '모두 사용',
  gone: '꺼 두었지만 이제 없는 것: {names}.',
  allowedRoles: '질문할 수 있는 역할',
  deniedRoles: '질문할 수 없는 역할',
  allowedChannels: '답하는 채널',
  deniedChannels: '답하지 않는 채널',
  everybody: '모두',
  rules: (allowed, denied) => `허용 ${allowed}개, 거부 ${denied}개`,
  ignored: '봇 운영자가 제공하지 않아 적용되지 않습니다',
  explainTitle: '여기에서 나에게 적용되는 설정',
  youMay: '여기에서 질문할 수 있습니다.',
  youMayNot: '여기에서는 질문할 수 없습니다.',
  historyTitle: '최근 변경',
  noHistory: '아직 바뀐 것이 없습니다.',
  changed: '{when} {who}: {what} → {value} ({scope})',
  removed: '{when} {who}: {what} 비움 ({scope})',
  onlyManagers: '서버 관리 권한이 있는 멤버만 바꿀 수 있습니다.',
  gonePage: '봇 운영자가 여기서 바꿀 수 없도록 해 두었습니다.',
  tooLong: '너무 깁니다. {most}자까지 쓸 수 있습니다.',
  notOffered: '이제 제공되지 않는 것입니다.',
};
