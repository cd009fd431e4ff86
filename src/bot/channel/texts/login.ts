/** What members read of their own logins at tool servers, in every language there is. `{server}` stands for a server's name. */
import type { LoginFailure } from '../../../agent/login.ts';
import type { Language } from './catalogue.ts';

export interface LoginTexts {
  /** Below a call that waits for its asker to log in. */
  readonly asked: string;
  readonly connect: string;
  /** Above the link. */
  readonly follow: string;
  readonly open: string;
  /** Where nobody can come back by themselves. */
  readonly paste: string;
  readonly pasteButton: string;
  /** Of a dialog: at most 45 characters each. */
  readonly pasteTitle: string;
  readonly pasteLabel: string;
  readonly connected: string;
  readonly failures: Readonly<Record<LoginFailure, string>>;
  readonly description: string;
  readonly heading: string;
  readonly none: string;
  /** `{since}` is a time as the platform writes it. */
  readonly isConnected: string;
  readonly isNot: string;
  readonly remove: string;
  readonly removed: string;
}

export const loginTexts: Readonly<Record<Language, LoginTexts>> = {
  en: {
    asked: '🔑 {server} wants to know who asks: press “Connect” to log in there with your own account.',
    connect: 'Connect',
    follow: 'Log in at **{server}** with your own account. The link is for you alone and good for 10 minutes.',
    open: 'Log in',
    paste:
      'Log in at **{server}** with your own account. At the end your browser shows that it cannot open a page at `127.0.0.1`: copy the whole address of that page and hand it over here. It is for you alone and good for 10 minutes.',
    pasteButton: 'Hand over the address',
    pasteTitle: 'Connect',
    pasteLabel: 'Address of the page that did not open',
    connected: 'You are connected with {server}.',
    failures: {
      expired: 'That login is used up or too old. Press “Connect” once more.',
      'somebody-else': 'That login was begun by somebody else. Nothing was connected.',
      denied: 'The login was refused. Press “Connect” to try once more.',
      unreachable: 'The login server does not answer. Please try again later.',
      unusable: 'The login server says something that cannot be used. Whoever runs this bot can look into it.',
      'not-stored': 'I cannot keep that right now. Please try again in a moment.',
      unavailable: 'There is no such server any more.',
    },
    description: 'Your logins at tool servers: see, add and remove them',
    heading: 'Your logins at tool servers, which only questions of yours use:',
    none: 'No tool server here wants a login of your own.',
    isConnected: '**{server}** – connected {since}',
    isNot: '**{server}** – not connected',
    remove: 'Remove {server}',
    removed: 'Your login at {server} is removed.',
  },
  ko: {
    asked: '🔑 {server} 서버가 누구의 질문인지 알아야 합니다. “연결”을 눌러 본인 계정으로 로그인하세요.',
    connect: '연결',
    follow: '**{server}**에 본인 계정으로 로그인하세요. 이 링크는 본인만 쓸 수 있고 10분 동안 유효합니다.',
    open: '로그인',
    paste:
      '**{server}**에 본인 계정으로 로그인하세요. 마지막에 브라우저가 `127.0.0.1` 페이지를 열 수 없다고 하면, 그 페이지의 주소 전체를 복사해 여기에 넘겨주세요. 본인만 쓸 수 있고 10분 동안 유효합니다.',
    pasteButton: '주소 넘겨주기',
    pasteTitle: '연결',
    pasteLabel: '열리지 않은 페이지의 주소',
    connected: '{server}에 연결되었습니다.',
    failures: {
      expired: '이미 쓰였거나 너무 오래된 로그인입니다. “연결”을 다시 눌러 주세요.',
      'somebody-else': '다른 사람이 시작한 로그인입니다. 아무것도 연결되지 않았습니다.',
      denied: '로그인이 거절되었습니다. 다시 하려면 “연결”을 눌러 주세요.',
      unreachable: '로그인 서버가 응답하지 않습니다. 나중에 다시 시도해 주세요.',
      unusable: '로그인 서버가 쓸 수 없는 응답을 보냈습니다. 이 봇의 운영자가 살펴볼 수 있습니다.',
      'not-stored': '지금은 저장할 수 없습니다. 잠시 후 다시 시도해 주세요.',
      unavailable: '그런 서버는 이제 없습니다.',
    },
    description: '도구 서버에 연결한 내 로그인을 보고, 추가하고, 삭제합니다',
    heading: '도구 서버에 연결한 로그인입니다. 본인의 질문에만 쓰입니다:',
    none: '본인 로그인이 필요한 도구 서버가 없습니다.',
    isConnected: '**{server}** – {since} 연결됨',
    isNot: '**{server}** – 연결 안 됨',
    remove: '{server} 삭제',
    removed: '{server} 로그인을 삭제했습니다.',
  },
};
