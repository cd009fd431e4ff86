/** The set-up's sentences in Korean. */

import { commandFor } from '../started-as.ts';
import type { Words } from './words.ts';

export const ko: Words = {
  title: '주판 설치',
  yes: '예',
  no: '아니요',
  checking: '확인하는 중…',
  tryAgain: '다시 해 볼까요?',
  stopped: (written) =>
    written.length === 0 ? '멈췄습니다. 아무것도 쓰지 않았습니다.' : `멈췄습니다. 쓴 파일: ${written.join(', ')}`,
  needsTerminal: `설치는 터미널에서 질문을 합니다. 여기는 터미널이 아닙니다. 스크립트에서는: ${commandFor('setup', '--help')}`,
  missingFlag: (names) => `질문 없이 설치하려면 이것이 필요합니다: ${names}`,

  envThere: (path) => `${path} 파일이 이미 있습니다.`,
  envChange: '지금 묻는 것만 바꾸고 나머지는 그대로 두기',
  envLeave: '그대로 두고 멈추기',
  envLeft: '그대로 두었습니다.',
  envThereFlag: (path) => `${path} 파일이 이미 있습니다. --update를 붙이면 주어진 것만 바꾸고 나머지는 그대로 둡니다.`,
  written: (path) => `${path} 파일을 썼습니다.`,
  shellWins: (variable) => `환경 변수 ${variable}의 값이 다르고 .env보다 우선합니다. 환경 변수를 지우세요.`,

  tokenHow:
    '봇 계정: https://discord.com/developers/applications → New Application(또는 이미 있는 것) → Bot → Reset Token → Copy. 인텐트는 켜지 않아도 됩니다.',
  token: '봇 토큰',
  keepsOld: '비워 두면 있던 값을 그대로 씁니다',
  needed: '꼭 필요합니다.',
  tokenFine: (bot) => `Discord가 봇을 알아봅니다: ${bot}.`,
  postedElsewhere: (url) =>
    `Discord가 명령어와 버튼을 ${url}(으)로 보냅니다. INTERACTIONS_PORT도 넣거나, https://discord.com/developers/applications 에서(애플리케이션 → General Information) “Interactions Endpoint URL”을 비우세요. 그러지 않으면 하나도 도착하지 않습니다.`,
  tokenRefused: 'Discord가 이 토큰을 거절합니다. 다시 복사하세요. 다시 만들면 이전 토큰은 쓸 수 없습니다.',
  discordUnreachable: (reason) => `Discord에 물어볼 수 없습니다 (${reason}).`,

  provider: '언어 모델은 어디에 있나요?',
  providerOpenai: 'OpenAI',
  providerOther: 'OpenAI 방식의 다른 서버 (Ollama, llama.cpp 등)',
  baseUrl: '서버 주소, 예: http://127.0.0.1:11434/v1',
  baseUrlWrong: 'http(s) 주소여야 합니다.',
  keyHow: '키: https://platform.openai.com/api-keys → Create new secret key → Copy.',
  key: 'API 키',
  keyMayBeEmpty: '필요 없으면 비워 두세요',
  keyFine: (models) => `서버가 받아들입니다. 모델이 ${models}개 있습니다.`,
  noList: '서버에 모델 목록이 없습니다.',
  keyFails: (reason) => `서버가 받아들이지 않습니다: ${reason}`,

  model: '어떤 모델이 답할까요?',
  modelRecommended: '추천; 종료되면 후속 모델이 대신 답합니다',
  modelOther: '다른 모델: 이름을 직접 입력',
  modelName: '모델 이름',
  modelFine: (model, seconds) => `${model} 모델이 답합니다 (${seconds}초).`,
  modelFails: (model, reason) => `${model} 모델이 답하지 않습니다: ${reason}`,
  useAnyway: '그래도 쓸까요?',

  store: '대화를 어디에 저장할까요?',
  storeSqlite: '여기 파일 data/jupan.sqlite (컴퓨터 한 대라면 알맞음)',
  storeOnServer: 'Redis나 PostgreSQL',
  storeUrl: '주소: redis://호스트:포트 또는 postgres://사용자:비밀번호@호스트/데이터베이스',
  storeFine: (address) => `${address} 저장소를 쓸 수 있습니다.`,
  storeFails: (address, reason) => `${address} 저장소를 쓸 수 없습니다: ${reason}`,
  storeKey: '저장하는 것을 암호화할까요? (.env의 STORE_KEY. 잃어버리면 대화도 잃습니다)',
  storeKeyMade: '키를 만들었습니다.',

  budget: '모두 합쳐 한 달에 최대 몇 달러까지 쓸까요?',
  budgetTokens: '이 모델의 요금을 모릅니다. 모두 합쳐 한 달에 최대 몇 토큰까지 쓸까요?',
  budgetMember: '멤버 한 명이 하루에 최대 몇 번까지 물어볼 수 있나요?',
  budgetEmpty: '비워 두면 한도 없음',
  notANumber: '0보다 큰 수여야 합니다.',
  budgetThere: (path) => `예산이 이미 ${path}에 있어 그대로 둡니다.`,

  invite: (url) => `봇이 쓰는 최소한의 권한으로 서버에 추가하세요:\n${url}`,
  waiting: '서버에 들어갈 때까지 기다립니다… (Ctrl-C로 멈춰도 쓴 파일은 남습니다)',
  inServer: (servers) => `봇이 들어가 있는 서버: ${servers}.`,
  stillInNone: '아직 들어간 서버가 없습니다. 나중에 추가해도 됩니다.',

  start: '지금 봇을 켜고 첫 답을 기다릴까요?',
  starting: '켜는 중…',
  askNow: (bot) => `준비됐습니다. 서버에서 이렇게 써 보세요: @${bot} 15와 27을 더해줘`,
  answered: `첫 질문에 답했습니다. 모두 잘 작동합니다. 봇은 계속 돌고 있으며 Ctrl-C로 멈춥니다. 다음부터는 ${commandFor('start')}로 켜세요.`,
  notAnswered: (code) =>
    `질문에 답하지 못했습니다 (${code}). ${commandFor('doctor')}로 원인을 볼 수 있습니다. 다음 질문을 기다립니다…`,
  botEnded: '봇이 꺼졌습니다.',
  later: `${commandFor('start')}로 켜세요. 잘 안 되면: ${commandFor('doctor')}`,
  done: '끝났습니다.',
};
