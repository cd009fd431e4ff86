/** The sentences of `/servers`, in every language there is: a part of the catalogue. Descriptions of choices have at most 100 characters. */
import type { AddProblem } from '../../../agent/guild-server.ts';
import type { ChoiceText } from './settings.ts';

export interface ServersTexts {
  readonly description: string;
  readonly title: string;
  /** `{most}` and `{hosts}`. */
  readonly intro: string;
  readonly anyHost: string;
  readonly none: string;
  readonly up: string;
  readonly down: string;
  tools(count: number, off: number): string;
  missing(count: number): string;
  readonly choose: string;
  readonly add: string;
  readonly probe: string;
  readonly remove: string;
  readonly reallyRemove: string;
  readonly removeWarning: string;
  readonly back: string;
  readonly address: string;
  readonly secret: string;
  /** `{revision}`. */
  readonly eras: Readonly<Record<'modern' | 'legacy', string>>;
  readonly toolsOff: string;
  readonly approval: string;
  readonly approvals: Readonly<Record<'destructive' | 'always', ChoiceText>>;
  /** Where the operator wants the stricter one. */
  readonly approvalFixed: string;
  readonly dialogTitle: string;
  readonly fields: Readonly<Record<'name' | 'address' | 'header', { readonly label: string; readonly means: string }>>;
  /** `{name}`. */
  readonly added: string;
  readonly removed: string;
  readonly gone: string;
  /** `{connect}` and `{latency}`, in ms. */
  readonly probed: string;
  readonly onlyManagers: string;
  readonly onlyInServers: string;
  readonly off: string;
  readonly problems: Readonly<Record<AddProblem, string>>;
}

export const englishServers: ServersTexts = {
  description: 'Add tool servers for this server, look at them, switch tools off (needs Manage Server)',
  title: 'Tool servers of this server',
  intro: 'Their tools are used here and nowhere else. There can be {most}, on these hosts: {hosts}.',
  anyHost: 'any',
  none: 'There are none yet.',
  up: 'connected',
  down: 'cannot be reached right now',
  tools: (count, off) => `${count === 1 ? '1 tool' : `${count} tools`}${off === 0 ? '' : `, ${off} switched off`}`,
  missing: (count) => `${count} more are not used: I look at 100 of one server.`,
  choose: 'Look at one of them',
  add: 'Add',
  probe: 'Try it now',
  remove: 'Remove',
  reallyRemove: 'Remove it for good',
  removeWarning: 'Calls of it that are under way fail. What is secret of it is deleted.',
  back: 'Back',
  address: 'Address',
  secret: 'with a secret that nobody is shown',
  eras: { modern: 'MCP {revision}, without sessions', legacy: 'MCP {revision}, with sessions' },
  toolsOff: 'Tools that are switched off',
  approval: 'Which calls wait for a person',
  approvals: {
    destructive: { label: 'Calls that may destroy something', means: 'All but those that the server calls harmless' },
    always: { label: 'All calls', means: 'Somebody approves each of them' },
  },
  approvalFixed: 'All calls wait for a person: whoever runs me wants it so.',
  dialogTitle: 'Add a tool server',
  fields: {
    name: { label: 'Name', means: 'Up to 20 small letters, digits and -, such as wiki. Its tools begin with it.' },
    address: { label: 'Address', means: 'Of an MCP server over HTTP, such as https://mcp.example.org/mcp' },
    header: {
      label: 'Secret header',
      means: 'Only if it wants one, such as Authorization: Bearer … It is never shown.',
    },
  },
  added: '✅ **{name}** is added.',
  removed: '✅ **{name}** is removed.',
  gone: '⚠️ **{name}** is not there any more.',
  probed: '✅ **{name}** answers: connected in {connect} ms, then {latency} ms for a request.',
  onlyManagers: 'Only members with Manage Server can look at and change the tool servers.',
  onlyInServers: 'Tool servers are added for a server: use the command there.',
  off: 'Whoever runs me has not allowed servers to add tool servers.',
  problems: {
    name: 'The name needs 1 to 20 small letters, digits or -, and begins and ends with a letter or digit.',
    header: 'The header needs the form “Name: value”, and cannot be one that I write myself.',
    address: 'The address needs the form https://mcp.example.org/mcp, with 500 characters at most.',
    credentials: 'The address must not have a name or a password in it. Put them into the header.',
    host: 'Whoever runs me does not allow tool servers on that host.',
    private: 'That address is not on the public internet, so I do not go there.',
    https: 'The address must begin with https://.',
    redirect: 'It sends on to another address, which I do not follow. Add the one where it ends.',
    'no-key': 'I cannot keep a secret, because whoever runs me has set no STORE_KEY.',
    taken: 'There is a tool server of that name already.',
    'too-many': 'There is no room for another. Remove one first.',
    unreachable: 'It cannot be reached.',
    auth: 'It wants other credentials.',
    late: 'It did not answer in time.',
    other: 'It does not answer as an MCP server over HTTP does.',
  },
};

export const koreanServers: ServersTexts = {
  description: '이 서버에서 쓸 도구 서버를 추가하고, 살펴보고, 도구를 끕니다(서버 관리 권한 필요)',
  title: '이 서버의 도구 서버',
  intro: '이 도구들은 여기서만 쓰입니다. {most}개까지 둘 수 있고, 허용된 호스트는 다음과 같습니다: {hosts}',
  anyHost: '모두',
  none: '아직 없습니다.',
  up: '연결됨',
  down: '지금은 연결할 수 없음',
  tools: (count, off) => `도구 ${count}개${off === 0 ? '' : `, ${off}개 꺼짐`}`,
  missing: (count) => `${count}개는 더 쓰지 않습니다. 한 서버의 도구는 100개까지만 봅니다.`,
  choose: '하나 골라 살펴보기',
  add: '추가',
  probe: '지금 시험하기',
  remove: '제거',
  reallyRemove: '정말로 제거',
  removeWarning: '진행 중인 호출은 실패하고, 비밀 값은 삭제됩니다.',
  back: '뒤로',
  address: '주소',
  secret: '비밀 값이 있으며 아무에게도 보이지 않습니다',
  eras: { modern: 'MCP {revision}, 세션 없음', legacy: 'MCP {revision}, 세션 사용' },
  toolsOff: '꺼 둘 도구',
  approval: '사람의 승인을 기다릴 호출',
  approvals: {
    destructive: { label: '무언가를 망가뜨릴 수 있는 호출', means: '서버가 해롭지 않다고 한 것을 뺀 모든 호출' },
    always: { label: '모든 호출', means: '누군가 하나하나 승인합니다' },
  },
  approvalFixed: '모든 호출이 승인을 기다립니다. 운영자가 그렇게 정했습니다.',
  dialogTitle: '도구 서버 추가',
  fields: {
    name: { label: '이름', means: '영문 소문자, 숫자, -로 20자까지. 예: wiki. 도구 이름 앞에 붙습니다.' },
    address: { label: '주소', means: 'HTTP로 쓰는 MCP 서버의 주소. 예: https://mcp.example.org/mcp' },
    header: { label: '비밀 헤더', means: '필요할 때만 적어 주세요. 예: Authorization: Bearer … 다시 보이지 않습니다.' },
  },
  added: '✅ **{name}** 서버를 추가했습니다.',
  removed: '✅ **{name}** 서버를 제거했습니다.',
  gone: '⚠️ **{name}** 서버는 이제 없습니다.',
  probed: '✅ **{name}** 서버가 응답합니다. 연결에 {connect} ms, 요청 하나에 {latency} ms 걸렸습니다.',
  onlyManagers: '서버 관리 권한이 있는 멤버만 도구 서버를 보고 바꿀 수 있습니다.',
  onlyInServers: '도구 서버는 서버마다 추가합니다. 서버 안에서 이 명령어를 써 주세요.',
  off: '운영자가 도구 서버 추가를 허용하지 않았습니다.',
  problems: {
    name: '이름은 영문 소문자, 숫자, -로 1~20자여야 하고, 글자나 숫자로 시작하고 끝나야 합니다.',
    header: '헤더는 “이름: 값” 꼴이어야 하고, 제가 직접 쓰는 헤더는 안 됩니다.',
    address: '주소는 https://mcp.example.org/mcp 꼴로 500자까지 적어 주세요.',
    credentials: '주소에 이름이나 비밀번호를 넣을 수 없습니다. 헤더에 적어 주세요.',
    host: '운영자가 그 호스트의 도구 서버를 허용하지 않았습니다.',
    private: '공개 인터넷에 있는 주소가 아니어서 접속하지 않습니다.',
    https: '주소는 https://로 시작해야 합니다.',
    redirect: '다른 주소로 넘기는데, 저는 따라가지 않습니다. 마지막 주소를 추가해 주세요.',
    'no-key': '운영자가 STORE_KEY를 정하지 않아 비밀 값을 보관할 수 없습니다.',
    taken: '같은 이름의 도구 서버가 이미 있습니다.',
    'too-many': '더 추가할 자리가 없습니다. 먼저 하나를 제거해 주세요.',
    unreachable: '연결할 수 없습니다.',
    auth: '다른 인증 정보가 필요합니다.',
    late: '제때 응답하지 않았습니다.',
    other: 'HTTP로 쓰는 MCP 서버처럼 응답하지 않습니다.',
  },
};
