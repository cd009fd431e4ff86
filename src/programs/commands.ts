/** The table of programs: what `jupan` and `launch.js` start, with which flags of Node, and what the help says of each. */
import type { Language } from '../chat/catalogue.ts';

export interface Command {
  /** For V8, as in the script of the same name in package.json. */
  readonly nodeFlags: readonly string[];
  /** Whether words may follow the name: the program reads them itself, `--help` among them. Default: none may. */
  readonly takesWords?: boolean;
  /** Part of a sentence: what it starts. */
  readonly about: Readonly<Record<Language, string>>;
}

/** New objects get little room, so that garbage is soon found: without a bound V8 takes hundreds of megabytes for nothing. */
const botFlags = ['--max-semi-space-size=8', '--max-old-space-size=1024'];

/** By name: that of the file beside this one which runs it. */
export const commands = {
  start: {
    nodeFlags: botFlags,
    about: {
      en: 'the bot on Discord, and the calculator server as a process of its own',
      ko: 'Discord의 봇, 그리고 따로 도는 계산기 서버',
    },
  },
  bot: {
    nodeFlags: botFlags,
    about: { en: 'the bot alone; its tool servers run elsewhere', ko: '봇만; 도구 서버는 다른 곳에서 돎' },
  },
  'mcp-server': {
    // Few objects outlive a calculation, so that the room for new ones may be small: V8 would let it grow to 128 MB.
    nodeFlags: ['--max-semi-space-size=1'],
    about: { en: 'the calculator server alone', ko: '계산기 서버만' },
  },
  chat: {
    nodeFlags: [],
    about: {
      en: 'the same agent in this terminal; needs a calculator server running',
      ko: '이 터미널에서 같은 에이전트와 대화; 계산기 서버가 켜져 있어야 함',
    },
  },
  playground: {
    nodeFlags: [],
    about: {
      en: 'everything on this machine, with a web page; no account, no key',
      ko: '웹 페이지와 함께 이 컴퓨터에서 전부; 계정도 키도 필요 없음',
    },
  },
  setup: {
    nodeFlags: [],
    takesWords: true,
    about: {
      en: 'asks what is needed, tries it, writes .env, and ends with a first answer',
      ko: '필요한 것을 묻고 확인해 .env를 쓰고, 첫 답까지 이끔',
    },
  },
  doctor: {
    nodeFlags: [],
    takesWords: true,
    about: { en: 'says what will not work, and what to do', ko: '무엇이 작동하지 않는지, 무엇을 하면 되는지 알려 줌' },
  },
  store: {
    nodeFlags: [],
    takesWords: true,
    about: {
      en: 'moves a store, and gives out or deletes what is stored of one person',
      ko: '저장소 옮기기, 한 사람에 대해 저장된 것을 내보내거나 지우기',
    },
  },
} as const satisfies Readonly<Record<string, Command>>;

export function findCommand(name: string): Command | undefined {
  const table: Readonly<Record<string, Command>> = commands;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
