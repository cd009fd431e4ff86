/** `npm run playground`: starts the playground, says where it is, and stops it when told to. */
import { once } from 'node:events';
import { loadEnvironment } from '../config/read.ts';
import type { Environment } from '../config/settings.ts';
import { ConfigError, type SettingProblem } from '../errors.ts';
import { type Playground, startPlayground } from '../playground/playground.ts';
import { runProgram } from './program.ts';

const defaultPort = 4400;

const environment = loadEnvironment();
// The terminal stays calm unless there is trouble, or one asks for more. The product takes it from here, too.
process.env.LOG_LEVEL ||= 'warn';

const options = { needs: {}, environment, findProblems: async () => portProblems(environment) };

await runProgram(options, async ({ config, signal }) => {
  const problems = portProblems(environment);
  if (problems.length > 0) throw new ConfigError(problems);
  const port = Number(environment.PLAYGROUND_PORT?.trim() || defaultPort);
  const playground = await startPlayground({ port, environment, config, onDeath: tellOfDeath });
  console.log(introduce(playground, port));
  if (!signal.aborted) await once(signal, 'abort');
  await playground.close();
});

function introduce({ url, model }: Playground, wishedPort: number): string {
  const isMoved = wishedPort !== 0 && new URL(url).port !== String(wishedPort);
  return [
    '',
    '  주판 놀이터 · Jupan playground',
    '',
    `  ➜  ${url}`,
    ...(isMoved ? [`     ${wishedPort}번 포트는 이미 쓰이고 있어요 · port ${wishedPort} was taken`] : []),
    '',
    '  해 보기 · try    @Jupan 15와 27을 더해줘  ·  @Jupan add 15 and 27  ·  /ask',
    model.isOffline
      ? '  모델 · model     오프라인 대역, 간단한 산수만 · offline stand-in, simple arithmetic only (real one: set OPENAI_API_KEY)'
      : `  모델 · model     ${model.name}`,
    '  멈추기 · stop    Ctrl-C',
    '',
  ].join('\n');
}

function tellOfDeath(retryInMs: number): void {
  const seconds = retryInMs / 1000;
  console.error(
    `\n  Jupan이 멈춰서 ${seconds}초 뒤에 다시 켭니다 · Jupan stopped; starting it again in ${seconds} s\n`,
  );
}

function portProblems({ PLAYGROUND_PORT: value }: Environment): SettingProblem[] {
  const port = Number(value ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return [];
  return [{ variable: 'PLAYGROUND_PORT', advice: 'should be a whole number from 0 (any free port) to 65535.' }];
}
