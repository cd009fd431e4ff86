/** What people read in their browsers when they log in at a tool server, in every language there is. */
import type { LoginFailure } from '../agent/login.ts';

export type PageLanguage = 'en' | 'ko';

export interface PageWords {
  readonly connected: string;
  readonly close: string;
  readonly failed: string;
  readonly failures: Readonly<Record<LoginFailure, string>>;
  readonly nothing: string;
}

export const pageWords: Readonly<Record<PageLanguage, PageWords>> = {
  en: {
    connected: 'You are connected.',
    close: 'You can close this page and go back to Discord.',
    failed: 'You are not connected.',
    failures: {
      expired: 'This link is used up or too old. Press “Connect” in Discord once more.',
      'somebody-else':
        'This link was made for somebody else. Nothing was connected. Press “Connect” in Discord yourself, and open the link in the browser in which you are logged in there.',
      denied: 'The login was refused. Press “Connect” in Discord to try once more.',
      unreachable: 'The login server does not answer. Please try again later.',
      unusable: 'The login server answered something that cannot be used. Whoever runs this bot can look into it.',
      'not-stored': 'It cannot be kept right now. Please try again in a moment.',
      unavailable: 'There is no such server here any more.',
    },
    nothing: 'There is nothing here.',
  },
  ko: {
    connected: '연결되었습니다.',
    close: '이 페이지를 닫고 Discord로 돌아가세요.',
    failed: '연결되지 않았습니다.',
    failures: {
      expired: '이미 쓰였거나 너무 오래된 링크입니다. Discord에서 “연결”을 다시 눌러 주세요.',
      'somebody-else':
        '다른 사람을 위한 링크입니다. 아무것도 연결되지 않았습니다. Discord에서 “연결”을 직접 누르고, Discord에 로그인한 브라우저에서 링크를 열어 주세요.',
      denied: '로그인이 거절되었습니다. 다시 하려면 Discord에서 “연결”을 눌러 주세요.',
      unreachable: '로그인 서버가 응답하지 않습니다. 나중에 다시 시도해 주세요.',
      unusable: '로그인 서버가 쓸 수 없는 응답을 보냈습니다. 이 봇의 운영자가 살펴볼 수 있습니다.',
      'not-stored': '지금은 저장할 수 없습니다. 잠시 후 다시 시도해 주세요.',
      unavailable: '그런 서버는 이제 없습니다.',
    },
    nothing: '여기에는 아무것도 없습니다.',
  },
};
