/** Every word that the terminal shows and the model did not write, in Korean and English. */
import type { FormField } from '../agent/form.ts';
import type { FailureCode } from '../agent/turn.ts';
import type { Environment } from '../config/settings.ts';
import { commandFor } from '../started-as.ts';

export type Language = 'en' | 'ko';

export interface Catalogue {
  /** In brackets before what is told. */
  readonly labels: {
    readonly user: string;
    readonly call: string;
    readonly result: string;
    readonly error: string;
    readonly notice: string;
    readonly answer: string;
    readonly approval: string;
    readonly form: string;
    readonly file: string;
  };
  mayCall(call: string): string;
  readonly mayFill: string;
  /** Below the address of a page on that host. */
  mayOpen(host: string): string;
  readonly kinds: Readonly<Record<FormField['kind'], string>>;
  readonly welcome: string;
  readonly leaveHint: string;
  /** Names the address and says what to do. */
  noCalculator(url: string): string;
  /** Names the model, and says what to set. */
  modelUnknown(model: string): string;
  modelRetires(model: string, date: string, instead: string): string;
  modelReplaced(model: string, by: string): string;
  readonly failures: Readonly<Record<FailureCode, string>>;
  readonly noTools: string;
  readonly storeWait: string;
  modelWait(seconds: number): string;
}

export const catalogues: Readonly<Record<Language, Catalogue>> = {
  ko: {
    labels: {
      user: '👤 사용자',
      call: '🔧 도구 실행',
      result: '✅ 실행 결과',
      error: '❌ 실행 오류',
      notice: '⚠️ 알림',
      answer: '🤖 LLM 답변',
      approval: '✋ 승인',
      form: '📝 양식',
      file: '📎 파일',
    },
    mayCall: (call) => `${call} 실행할까요? (y/N)`,
    mayFill: '작성하시겠습니까? (y/N)',
    mayOpen: (host) => `${host}의 이 페이지를 열어 끝내셨습니까? (y/N)`,
    kinds: { text: '글', number: '숫자', integer: '정수', boolean: '예/아니요', choice: '하나', choices: '여러 개' },
    welcome: '무엇이든 물어보세요. 예: 15와 27을 더해줘 (Ctrl-C: 답변 멈춤, 종료 또는 Ctrl-D: 나가기)',
    leaveHint: '나가려면 Ctrl-C를 한 번 더 누르세요.',
    noCalculator: (url) =>
      `${url} 에 계산기 서버가 없습니다. 다른 터미널에서 \`${commandFor('mcp-server')}\`로 시작하세요.`,
    modelUnknown: (model) => `서버가 ${model} 모델을 모릅니다. OPENAI_MODEL을 서버에 있는 모델로 바꾸세요.`,
    modelReplaced: (model, by) =>
      `${model} 모델은 더는 제공되지 않아 ${by} 모델이 대신 답합니다. OPENAI_MODEL로 직접 고를 수 있습니다.`,
    modelRetires: (model, date, instead) => `${model} 모델은 ${date}에 종료됩니다. 그 전에 ${instead} 로 바꾸세요.`,
    failures: {
      'model-unreachable': '언어 모델에 연결할 수 없습니다. 네트워크와 OPENAI_BASE_URL을 확인하고 다시 물어보세요.',
      'model-refused': '언어 모델이 받아 주지 않습니다. OPENAI_API_KEY를 확인하세요.',
      'model-unknown': '설정된 언어 모델이 없거나 더는 제공되지 않습니다. OPENAI_MODEL로 다른 모델을 고르세요.',
      'model-busy': '지금은 언어 모델이 너무 바쁩니다. 1분쯤 뒤에 다시 물어보세요.',
      'model-quota': '언어 모델 사용 한도가 다 찼습니다. 계정의 요금제와 결제 정보를 확인하세요.',
      'model-error': '언어 모델에 문제가 생겼습니다. 다시 물어보세요.',
      'model-cut-off': '언어 모델의 답이 중간에 끊겼습니다. 다시 물어보세요.',
      'model-empty': '언어 모델이 답을 내지 않았습니다. 다르게 표현해서 다시 물어보세요.',
      'answer-too-long': '답이 너무 길어 여기서 잘렸습니다. OPENAI_MAX_OUTPUT_TOKENS를 늘리거나 더 짧게 물어보세요.',
      'answer-filtered': '언어 모델 제공자가 답을 막았습니다.',
      'step-limit': '단계가 너무 많아져서 멈췄습니다. 질문을 나누어 물어보세요.',
      'time-limit': '시간이 너무 오래 걸려서 멈췄습니다. 질문을 나누어 물어보세요.',
      'prompt-gone': '도구 서버에 이 프롬프트가 더 이상 없습니다.',
      'prompt-refused': '도구 서버가 이 값으로는 프롬프트를 받지 않습니다.',
      'prompt-unreachable': '이 프롬프트를 가진 도구 서버에 연결할 수 없습니다. 잠시 후 다시 물어봐 주세요.',
      'over-budget': '지금 쓸 수 있는 만큼을 다 썼습니다.',
      stopped: '멈췄습니다.',
      'store-failed': '대화를 저장할 수 없습니다. STORE_URL을 확인하고 다시 물어보세요.',
      internal: '프로그램에 문제가 생겼습니다. LOG_LEVEL=debug로 원인을 볼 수 있습니다.',
    },
    noTools: '쓸 수 있는 도구가 없어 도구 없이 답합니다.',
    storeWait: '대화 기록을 읽을 수 없어 기다립니다. STORE_URL을 확인하세요.',
    modelWait: (seconds) => `언어 모델이 바쁩니다. 약 ${seconds}초 뒤에 다시 시도합니다.`,
  },
  en: {
    labels: {
      user: '👤 User',
      call: '🔧 Tool call',
      result: '✅ Result',
      error: '❌ Error',
      notice: '⚠️ Notice',
      answer: '🤖 LLM answer',
      approval: '✋ Approval',
      form: '📝 Form',
      file: '📎 File',
    },
    mayCall: (call) => `May ${call} be run? (y/N)`,
    mayFill: 'Fill it in? (y/N)',
    mayOpen: (host) => `Have you opened that page on ${host}, and are you done? (y/N)`,
    kinds: {
      text: 'text',
      number: 'number',
      integer: 'whole number',
      boolean: 'yes/no',
      choice: 'one',
      choices: 'some',
    },
    welcome: 'Ask me something, such as: add 15 and 27 (Ctrl-C stops an answer, exit or Ctrl-D leaves)',
    leaveHint: 'Press Ctrl-C again to leave.',
    noCalculator: (url) =>
      `There is no calculator server at ${url}. Start it with \`${commandFor('mcp-server')}\` in another terminal.`,
    modelUnknown: (model) => `The server does not know the model ${model}. Set OPENAI_MODEL to one that it has.`,
    modelReplaced: (model, by) =>
      `${model} is not there any more, so ${by} answers instead. Choose one yourself with OPENAI_MODEL.`,
    modelRetires: (model, date, instead) =>
      `The model ${model} is switched off on ${date}. Before that, set ${instead}.`,
    failures: {
      'model-unreachable':
        'The language model cannot be reached. Check the network and OPENAI_BASE_URL, then ask again.',
      'model-refused': 'The language model refuses access. Check OPENAI_API_KEY.',
      'model-unknown': 'The language model does not exist (any more). Choose another with OPENAI_MODEL.',
      'model-busy': 'The language model is too busy right now. Ask again in a minute.',
      'model-quota': 'The credit for the language model is used up. Check the plan and billing of the account.',
      'model-error': 'The language model had a problem. Ask again.',
      'model-cut-off': 'The language model broke off in the middle. Ask again.',
      'model-empty': 'The language model gave no answer. Ask again, perhaps in other words.',
      'answer-too-long': 'The answer was cut here. Raise OPENAI_MAX_OUTPUT_TOKENS, or ask for a shorter one.',
      'answer-filtered': 'The provider of the language model withheld the answer.',
      'step-limit': 'This took too many steps, so it was stopped. Ask it in smaller pieces.',
      'time-limit': 'This took too long, so it was stopped. Ask it in smaller pieces.',
      'prompt-gone': 'The tool server does not have this prompt any more.',
      'prompt-refused': 'The tool server does not take the prompt with these values.',
      'prompt-unreachable': 'I cannot reach the tool server that has this prompt. Please ask again in a moment.',
      'over-budget': 'What may be spent is used up for now.',
      stopped: 'Stopped.',
      'store-failed': 'The conversation cannot be stored. Check STORE_URL, then ask again.',
      internal: 'Something went wrong in the program. LOG_LEVEL=debug shows the cause.',
    },
    noTools: 'No tools can be reached, so the answer comes without them.',
    storeWait: 'The conversation cannot be read, so this waits until it can. Check STORE_URL.',
    modelWait: (seconds) => `The language model is busy. It is asked again in about ${seconds} seconds.`,
  },
};

/** The language of the terminal's locale, by the precedence of POSIX: Korean for `ko…`, English for all others. */
export function toLanguage({ LC_ALL, LC_MESSAGES, LANG }: Environment): Language {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
