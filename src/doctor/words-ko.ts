/** The doctor's sentences in Korean. */

import { commandFor } from '../started-as.ts';
import type { Words } from './words.ts';

const periods: Readonly<Record<string, string>> = { day: '하루', month: '한 달' };
const units: Readonly<Record<string, string>> = { dollars: '달러', tokens: '토큰', questions: '개의 질문' };
const owners: Readonly<Record<string, string>> = {
  bot: '봇 전체',
  server: '서버마다',
  channel: '채널마다',
  member: '멤버마다',
  role: '역할',
};

export const ko: Words = {
  title: '주판 점검',
  names: {
    settings: '설정',
    token: '토큰',
    intents: '인텐트',
    commands: '명령어',
    interactions: '상호작용',
    permissions: '권한',
    model: '모델',
    price: '요금',
    'tool-servers': '도구 서버',
    store: '저장소',
    clock: '시계',
    versions: '버전',
    limits: '한도',
  },
  todo: '할 일',
  skipped: '살펴보지 못했습니다. 위의 문제부터 고치세요.',
  allWell: (warnings) =>
    warnings === 0 ? '모두 정상입니다.' : `작동합니다. 다만 ${warnings}가지를 더 좋게 할 수 있습니다(! 표시).`,
  notWell: (problems, warnings) =>
    `${problems}가지가 작동하지 않습니다(✗ 표시)${warnings === 0 ? '' : `. 더 좋게 할 수 있는 것 ${warnings}가지(! 표시)`}.`,
  defect: (reason) => `점검 자체가 실패했습니다: ${reason}`,

  settingsFine: '모두 읽을 수 있습니다.',
  settingMissing: (variable) =>
    ({
      DISCORD_TOKEN: '값이 없습니다.',
      OPENAI_API_KEY: '값이 없습니다.',
    })[variable],
  envFileOpen: '이 컴퓨터의 다른 사용자가 .env와 그 안의 비밀을 읽을 수 있습니다.',
  envFileOpenTodo: (path) => `chmod 600 ${path}`,

  tokenFine: (bot, id) => `Discord가 받아들입니다. 봇은 ${bot} (애플리케이션 ${id})입니다.`,
  tokenUnset: '토큰이 없습니다.',
  tokenRefused: 'Discord가 거절합니다. 봇이 로그인할 수 없습니다.',
  tokenTodo: `https://discord.com/developers/applications 에서 애플리케이션을 열고 Bot → Reset Token을 누른 뒤 새 토큰을 DISCORD_TOKEN에 넣으세요. 다시 만들면 이전 토큰은 쓸 수 없습니다. 또는 ${commandFor('setup')} 을 실행하세요.`,
  discordUnreachable: (reason) => `Discord에 연결할 수 없습니다 (${reason}).`,
  discordUnreachableTodo: '이 컴퓨터의 네트워크를 확인하고, DISCORD_API_URL을 설정했다면 그것도 확인하세요.',
  discordRefuses: (reason) => `Discord가 거절했습니다 (${reason}).`,
  logIns: (left, inAll) => `하루 로그인 ${inAll}번 가운데 ${left}번 남았습니다.`,
  noLogIns: '오늘 쓸 수 있는 로그인이 남지 않았습니다. Discord는 하루 로그인 횟수를 제한합니다.',
  noLogInsTodo: '무엇이 봇을 자꾸 다시 켜는지 찾고, 내일까지 기다리세요.',
  botPublic: '누구나 이 봇을 자기 서버에 넣고 당신의 비용으로 질문할 수 있습니다.',
  botPublicTodo:
    'https://discord.com/developers/applications (애플리케이션 → Bot)에서 "Public Bot"을 끄거나 ALLOWED_GUILDS, ALLOWED_USERS, ALLOWED_ROLES를 설정하세요.',
  userInstallOff: 'USER_INSTALL이 켜져 있지만 개발자 포털이 허용하지 않아 아무도 봇을 개인용으로 설치할 수 없습니다.',
  userInstallOffTodo:
    'https://discord.com/developers/applications (애플리케이션 → Installation)에서 "User Install"을 켜세요.',

  intentsFine: (wanted) => `봇이 쓰는 ${wanted} 인텐트가 모두 허용되어 있습니다.`,
  intentsMissing: (names) => `봇이 쓰는 ${names} 인텐트를 개발자 포털이 허용하지 않아 봇을 멘션한 글만 듣습니다.`,
  intentsMissingTodo:
    'https://discord.com/developers/applications (애플리케이션 → Bot → Privileged Gateway Intents)에서 켜세요.',
  intentsUnused: (names) => `개발자 포털에 ${names} 인텐트가 켜져 있지만 봇은 쓰지 않습니다.`,

  commandsFine: (count) => `${count}개 모두 등록되어 있습니다.`,
  commandsMissing: (names) => `등록되지 않음: ${names}.`,
  commandsOutdated: (names) => `이 버전과 다른 모습으로 등록됨: ${names}.`,
  commandsTodo: `봇을 켜세요(${commandFor('start')}). 켤 때마다 등록합니다.`,

  interactionsByGateway: '명령어와 버튼은 게이트웨이로 옵니다.',
  interactionsFine: (url) => `Discord가 명령어와 버튼을 ${url}(으)로 보내며, 그곳은 잘못된 서명을 물리칩니다.`,
  interactionsUnset: 'INTERACTIONS_PORT가 있지만 Discord에 주소가 없습니다. 명령어와 버튼은 게이트웨이로 옵니다.',
  interactionsUnsetTodo:
    '봇을 켠 뒤 https://discord.com/developers/applications 에서(애플리케이션 → General Information) “Interactions Endpoint URL”에 그 포트의 https 주소를 넣으세요. 쓰지 않으려면 INTERACTIONS_PORT를 빼세요.',
  interactionsElsewhere: (url) =>
    `Discord가 명령어와 버튼을 ${url}(으)로 보내는데 INTERACTIONS_PORT가 없습니다. 하나도 도착하지 않습니다.`,
  interactionsElsewhereTodo:
    'INTERACTIONS_PORT를 넣거나, https://discord.com/developers/applications 에서(애플리케이션 → General Information) “Interactions Endpoint URL”을 비우세요.',
  interactionsUnanswered: (url, fault) =>
    `${url}이(가) 올바르게 응답하지 않습니다(${fault}). 명령어와 버튼이 도착하지 않을 수 있습니다.`,
  interactionsUnansweredTodo:
    '봇을 켜고, 그 주소에 있는 것이 요청을 머리글과 본문 그대로 INTERACTIONS_PORT로 넘기는지 살펴보세요.',

  inNoServer: '봇이 들어가 있는 서버가 없습니다.',
  inviteTodo: (url) => `이 주소를 열어 서버에 추가하세요: ${url}`,
  serverFine: (server, channels) => `${server}: 채널 ${channels}개에서 빠진 권한이 없습니다.`,
  serverTimedOut: (server) => `${server}: 관리자가 봇을 타임아웃해서 어디에도 쓸 수 없습니다.`,
  serverTimedOutTodo: '관리자에게 타임아웃을 풀어 달라고 하세요.',
  serverClosed: (server) => `${server}: 봇에게 보이는 채널이 없습니다.`,
  serverLacks: (server, channels) => `${server}: 채널 ${channels}개에서 작동하지 않는 것이 있습니다.`,
  serverLacksLittle: (server, channels) => `${server}: 채널 ${channels}개를 더 좋게 할 수 있습니다.`,
  channelLacks: (channel, permissions) => `#${channel} 에 없는 권한: ${permissions}`,
  lost: {
    ViewChannel: '채널 보기 (아무것도 듣지 못합니다)',
    SendMessages: '메시지 보내기 (답할 수 없습니다)',
    SendMessagesInThreads: '스레드에서 메시지 보내기 (스레드에서 답할 수 없습니다)',
    ReadMessageHistory: '메시지 기록 보기 (답장으로 답하지 못하고, 봇이 없을 때의 질문을 놓칩니다)',
    AttachFiles: '파일 첨부 (그림과 파일을 올리지 못합니다)',
    Connect: '연결 (아무것도 듣지 못합니다)',
  },
  permissionsTodo: '서버나 채널(채널 편집 → 권한)에서 봇의 역할에 이 권한을 주세요.',
  closedOnPurpose: (count) => `멤버도 쓸 수 없는 채널 ${count}개는 세지 않았습니다.`,
  moreServers: (shown, inAll) => `서버 ${inAll}개 가운데 ${shown}개를 살펴보았습니다.`,
  notLookedAt: (server, reason) => `${server}: 살펴보지 못했습니다 (${reason}).`,

  modelFine: (model, seconds) => `${model} 모델이 답합니다 (${seconds}초).`,
  modelFails: (model, reason) => `${model} 모델이 답하지 않습니다: ${reason}`,
  modelTodo: {
    'model-unreachable': '이 컴퓨터의 네트워크를 확인하고, OPENAI_BASE_URL을 설정했다면 그것도 확인하세요.',
    'model-refused': `서버가 키를 거절합니다. https://platform.openai.com/api-keys 에서 새로 만들어 OPENAI_API_KEY에 넣으세요. 또는 ${commandFor('setup')} 을 실행하세요.`,
    'model-unknown': `서버가 이 모델을 모릅니다. OPENAI_MODEL을 서버에 있는 모델로 바꾸세요. 또는 ${commandFor('setup')} 을 실행하세요.`,
    'model-quota':
      '계정에 돈이 남지 않았습니다. 충전하거나 한도를 올리세요: https://platform.openai.com/settings/organization/billing',
    'model-busy': '서버가 너무 바쁘거나 계정의 요청 한도가 작습니다. 1분 뒤에 다시 해 보세요.',
  },
  modelTodoElse: '서버가 한 말과 OPENAI_로 시작하는 설정을 살펴보세요.',
  modelRetires: (model, date, instead) =>
    `${model} 모델은 ${date}에 종료됩니다. 그 전에 ${instead ?? 'OPENAI_MODEL에 후속 모델'}을(를) 설정하세요.`,
  modelReplaced: (model, by) => `서버가 ${model} 모델을 더는 제공하지 않아 ${by} 모델이 대신 답합니다.`,
  modelUnlisted: (model) => `서버는 ${model} 모델을 모른다고 하지만 답은 합니다.`,

  priceFine: (input, cached, output) =>
    `토큰 100만 개에 읽기 $${input}, 제공자가 기억해 둔 것 $${cached}, 쓰기 $${output}.`,
  priceUnknown: '알 수 없습니다. /usage는 달러 대신 토큰을 셉니다.',
  priceUnknownBudget: '알 수 없습니다. 달러로 정한 예산이 지켜지지 않습니다.',
  priceTodo: 'OPENAI_PRICES를 설정하거나 예산을 토큰으로 정하세요.',

  toolsFine: (server, tools, transport, revision, latencyMs) =>
    `${server}: 도구 ${tools}개, ${transport}, MCP ${revision}, ${latencyMs} ms.`,
  toolsNone: (server) => `${server}: 켜져 있지만 쓸 수 있는 도구가 없습니다.`,
  toolsUnknown: (server, names) => `${server}: MCP_CONFIG에 서버에 없는 도구가 적혀 있습니다: ${names}.`,
  toolsUnknownTodo: 'MCP_CONFIG의 "allow"와 "deny"를 고치세요.',
  toolsDown: (server, reason) => `${server}: 도구를 쓸 수 없습니다 (${reason}).`,
  toolsTodo: {
    unreachable: '그 서버를 켜거나 MCP_CONFIG의 "url"을 고치세요.',
    auth: '서버가 다른 인증 정보를 요구합니다. MCP_CONFIG의 "headers"나 "oauth"를 고치세요.',
    command: '프로그램을 시작할 수 없습니다. MCP_CONFIG의 "command"와 "cwd"를 고치거나 프로그램을 설치하세요.',
    late: '제때 답하지 않습니다. 그 서버의 로그를 보세요.',
    other: '그 서버의 로그와 MCP_CONFIG의 설정을 살펴보세요.',
  },
  calculatorDown: (address) =>
    `calculator: ${address} 에서 돌고 있지 않습니다. ${commandFor('start')}가 봇과 함께 켭니다.`,
  auth: (kind) => ({ none: '인증 없음', header: '헤더로 인증', oauth: 'OAuth' })[kind],

  storeFine: (address, milliseconds) => `${address}: 쓰고 다시 읽는 데 ${milliseconds} ms 걸렸습니다.`,
  storeNew: (address) => `${address}: 아직 없습니다. 처음 켤 때 만들어집니다.`,
  storeHeld: '지금 봇이 쓰고 있습니다.',
  storeFails: (address, reason) => `${address} 저장소를 쓸 수 없습니다: ${reason}`,
  storeTodo: {
    full: '디스크가 가득 찼습니다. 자리를 만들거나 STORE_URL을 다른 곳으로 바꾸세요. 그때까지는 질문에 답하지 못합니다.',
    'read-only': '읽을 수만 있습니다. Jupan을 돌리는 사용자에게 쓰기 권한을 주거나 STORE_URL을 다른 곳으로 바꾸세요.',
    key: '위의 STORE_KEY 설명을 보세요.',
    unusable: 'STORE_URL을 고치거나 그 서버를 켜세요.',
  },
  storeLoses: {
    everything: '봇이 꺼지면 모두 사라집니다.',
    'with-server': '서버가 디스크에 쓰지 않습니다. 서버가 꺼지면 모두 사라집니다.',
    minutes: '서버가 멈추면 마지막 몇 분이 사라질 수 있습니다.',
    moments: '정전이 나면 마지막 순간이 사라질 수 있습니다. 봇이 멈추어도 잃는 것은 없습니다.',
    nothing: '쓴 것은 정전이 나도 남습니다.',
  },
  storeLosesTodo: '시험이 아니라면 SQLite나 PostgreSQL, 또는 appendonly yes인 Redis를 쓰세요.',
  storeEvicts: '가득 차면 데이터를 버립니다. 질문이 사라질 수 있습니다.',
  storeEvictsTodo: 'Redis에서 maxmemory-policy noeviction을 설정하세요.',
  storeRoom: (size) => `빈 자리 ${size}.`,
  storeRoomTodo: '가득 차기 전에 자리를 만드세요. 가득 차면 질문에 답하지 못합니다.',
  storeOpenFiles: '이 컴퓨터의 다른 사용자가 멤버의 글을 읽을 수 있습니다.',
  storeOpenFilesTodo: (files) => `chmod 600 ${files}`,
  seal: {
    plain: '암호화하지 않음.',
    sealed: 'STORE_KEY로 암호화됨.',
    'to-be-sealed': '다음에 켤 때 STORE_KEY로 암호화합니다.',
  },
  storeNotSealed: '이 서버에 닿을 수 있는 사람은 대화를 읽고 도구 실행 승인을 꾸며 쓸 수 있습니다.',
  storeNotSealedTodo: 'STORE_KEY에 비밀을 설정하세요. 예: openssl rand -base64 32 의 출력',

  clockFine: (seconds) => `Discord의 시계와 ${seconds}초 안에서 맞습니다.`,
  clockOff: (seconds, isAhead) => `Discord의 시계보다 ${seconds} ${isAhead ? '빠릅니다' : '느립니다'}.`,
  clockTodo:
    '이 컴퓨터의 시계를 네트워크로 맞추세요(timedatectl set-ntp true). 예산, 시간 제한, 놓친 질문 찾기가 시계를 따릅니다.',

  versionsFine: (jupan, node) => `Jupan ${jupan}, Node ${node}.`,
  nodeOld: (node, needed) => `Node ${node}은(는) 너무 오래되었습니다. ${needed} 이상이 필요합니다.`,
  nodeTodo: 'npm ci 뒤에 npm으로 실행하세요. 프로젝트가 Node를 함께 설치합니다.',

  limitsNone: '예산이 없습니다. 멤버는 계정이 내는 만큼 물어볼 수 있습니다.',
  limitsFine: (budgets) => `예산 ${budgets}개:`,
  limit: (of, id, per, cap, unit) =>
    `${owners[of] ?? of}${id === undefined ? '' : ` ${id}`}: ${periods[per] ?? per}에 ${cap}${units[unit] ?? unit}`,
};
