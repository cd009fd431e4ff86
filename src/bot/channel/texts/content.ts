/** The sentences around what tool servers offer members, prompts and resources, in every language there is: a part of the catalogue. */
export interface ContentTexts {
  /** Of a command whose subcommands are a server's prompts. `{server}` is its name. */
  readonly groupDescription: string;
  /** Where a prompt says nothing of itself. */
  readonly promptDescription: string;
  /** Where an argument of a prompt says nothing of itself. */
  readonly argumentDescription: string;
  /** `/prompt`, for prompts that are no commands of their own. */
  readonly anyPromptDescription: string;
  readonly promptNameDescription: string;
  /** Of a dialog's one field for many arguments: at most 45 characters. */
  readonly argumentsLabel: string;
  readonly noSuchPrompt: string;
  /** `{names}` are those of the arguments. */
  readonly missingArguments: string;
  readonly attachDescription: string;
  readonly resourceDescription: string;
  readonly questionDescription: string;
  readonly noSuchResource: string;
  /** `{uri}` is an address with variables in braces. */
  readonly openVariables: string;
}

export const englishContent: ContentTexts = {
  groupDescription: 'Prompts of {server}',
  promptDescription: 'A prompt of this server',
  argumentDescription: 'An argument of the prompt',
  anyPromptDescription: 'Ask by a prompt of a tool server',
  promptNameDescription: 'Which prompt: type to search',
  argumentsLabel: 'One a line: name = value',
  noSuchPrompt: 'There is no such prompt any more. Type again to see those that there are.',
  missingArguments: 'The prompt needs more: {names}',
  attachDescription: 'Ask about something that a tool server has',
  resourceDescription: 'Which resource: type to search, or write its address',
  questionDescription: 'What do you want to know about it?',
  noSuchResource: 'No tool server has that resource, as far as I can see. Type again to see those that there are.',
  openVariables: 'Write a value in place of each brace of this address: {uri}',
};

export const koreanContent: ContentTexts = {
  groupDescription: '{server}의 프롬프트',
  promptDescription: '이 서버의 프롬프트',
  argumentDescription: '프롬프트에 넣을 값',
  anyPromptDescription: '도구 서버의 프롬프트로 질문하기',
  promptNameDescription: '어떤 프롬프트인가요? 입력해서 찾기',
  argumentsLabel: '한 줄에 하나씩: 이름 = 값',
  noSuchPrompt: '그 프롬프트는 이제 없습니다. 다시 입력하면 지금 있는 것이 보입니다.',
  missingArguments: '프롬프트에 값이 더 필요합니다: {names}',
  attachDescription: '도구 서버에 있는 자료를 두고 질문하기',
  resourceDescription: '어떤 자료인가요? 입력해서 찾거나 주소를 적기',
  questionDescription: '그 자료에 대해 무엇이 궁금한가요?',
  noSuchResource: '제가 보기에 그런 자료를 가진 도구 서버가 없습니다. 다시 입력하면 지금 있는 것이 보입니다.',
  openVariables: '이 주소의 중괄호마다 값을 적어 주세요: {uri}',
};
