/** What the words after `jupan` mean: a program to run, or something to say. */
import { fileURLToPath } from 'node:url';
import { type Language, toLanguage } from '../chat/catalogue.ts';
import type { Environment } from '../config/settings.ts';
import { commands, findCommand } from './commands.ts';
import { readVersion } from './version.ts';

export type Meaning =
  /** The words go to `launch.js`: the name of the program, and what follows it. */
  | { readonly type: 'run'; readonly nodeFlags: readonly string[]; readonly words: readonly string[] }
  | { readonly type: 'say'; readonly text: string; readonly status: 0 | 2 };

export function interpret(words: readonly string[], environment: Environment): Meaning {
  const language = toLanguage(environment);
  const { unknown, noWords } = sentences[language];
  const [name = '--help', ...more] = words;
  if (isHelp(name)) return say(help(language), 0);
  if (name === '--version' || name === '-v') return say(readVersion(), 0);
  const command = findCommand(name);
  if (command === undefined) return say(`jupan: ${unknown(name)}`, 2);
  const [extra] = more;
  if (extra !== undefined && command.takesWords !== true) {
    return isHelp(extra) ? say(help(language), 0) : say(`jupan: ${noWords(name, extra)}`, 2);
  }
  return { type: 'run', nodeFlags: command.nodeFlags, words };
}

function say(text: string, status: 0 | 2): Meaning {
  return { type: 'say', text, status };
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}

const sentences = {
  en: {
    title: (version: string) => `Jupan ${version}: a Discord bot that reasons with tools, and shows its working.`,
    usage: 'Usage: jupan COMMAND',
    help: 'this page',
    version: 'the version',
    settings: (example: string) => [
      'Settings come from the environment, or from the file .env in the current folder.',
      `All of them, with their meaning: ${example}`,
    ],
    unknown: (name: string) => `there is no command "${name}". "jupan --help" lists them.`,
    noWords: (name: string, word: string) =>
      `"${name}" takes no arguments, and "${word}" is one. Its settings come from the environment or .env.`,
  },
  ko: {
    title: (version: string) => `주판 Jupan ${version}: 도구로 생각하고 그 과정을 보여주는 Discord 봇.`,
    usage: '사용법: jupan 명령',
    help: '이 도움말',
    version: '버전',
    settings: (example: string) => [
      '설정은 환경 변수나 현재 폴더의 .env 파일에서 읽습니다.',
      `모든 설정과 그 뜻: ${example}`,
    ],
    unknown: (name: string) => `"${name}"이라는 명령은 없습니다. "jupan --help"에서 볼 수 있습니다.`,
    noWords: (name: string, word: string) =>
      `"${name}" 뒤에는 아무것도 올 수 없는데 "${word}"가 있습니다. 설정은 환경 변수나 .env에서 읽습니다.`,
  },
} as const satisfies Record<Language, unknown>;

function help(language: Language): string {
  const said = sentences[language];
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const line = (name: string, about: string) => `  ${name.padEnd(width)}  ${about}`;
  return [
    said.title(readVersion()),
    '',
    said.usage,
    '',
    ...Object.entries(commands).map(([name, { about }]) => line(name, about[language])),
    '',
    line('--help', said.help),
    line('--version', said.version),
    '',
    ...said.settings(fileURLToPath(new URL('.env.example', root))),
  ].join('\n');
}

/** Two folders up, in the sources and in what is built of them. */
const root = new URL('../../', import.meta.url);
