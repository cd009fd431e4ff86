/** The rules for the Dockerfile are shown to bite: each kind of breach is planted and must be found. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readStages } from '../../scripts/dockerfile.ts';
import { findDockerfileBreaches } from '../../scripts/dockerfile-rules.ts';

/** Nothing is wrong with it. */
const good = [
  'FROM node:24.1.0-slim AS build',
  'RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*',
  'FROM node:24.1.0-slim',
  'WORKDIR /app',
  'COPY --from=build /app/one /app/two /app/',
  'USER 1000:1000',
  'HEALTHCHECK --interval=30s CMD ["node", "--version"]',
  'ENTRYPOINT ["node"]',
  'CMD ["start"]',
];

/** A line of the above, what is put in its place, and what is said of it. */
const planted: readonly (readonly [line: number, text: string, said: string])[] = [
  [1, 'FROM node AS build', 'not pinned'],
  [1, 'FROM node:latest AS build', 'not pinned'],
  [1, 'FROM node:24-slim AS build', 'not pinned'],
  [1, 'FROM --platform=linux/amd64 node:24.1.0 AS build', 'DL3029'],
  [2, 'ADD https://example.org/file /app/', 'DL3020'],
  [2, 'ADD one /app/', 'DL3020'],
  [2, 'RUN sudo true', 'DL3004'],
  [2, 'RUN cd /app && npm ci', 'DL3003'],
  [2, 'RUN true && cd /app', 'DL3003'],
  [2, 'RUN apt install -y git', 'DL3027'],
  [2, 'RUN apt-get -y upgrade', 'DL3005'],
  [2, 'RUN apt-get update && apt-get install -y --no-install-recommends git', 'DL3009'],
  [2, 'RUN apt-get install --no-install-recommends git && rm -rf /var/lib/apt/lists/*', 'DL3014'],
  [2, 'RUN apt-get install -y git && rm -rf /var/lib/apt/lists/*', 'DL3015'],
  [2, 'RUN curl -o /app/x https://example.org', 'downloads'],
  [2, 'RUN npm install', 'DL3016'],
  [2, 'RUN npm i -g npm', 'DL3016'],
  [2, 'RUN chmod -R 777 /data', 'everybody'],
  [2, 'RUN cat one | sort', 'DL4006'],
  [2, 'MAINTAINER somebody', 'DL4000'],
  [2, 'ARG NPM_TOKEN', 'secret'],
  [2, 'ENV DISCORD_TOKEN=abc', 'secret'],
  [4, 'WORKDIR app', 'DL3000'],
  [4, 'VOLUME /data', 'VOLUME'],
  [5, 'COPY --from=build one two /app', 'DL3021'],
  [5, 'COPY --from=builder /app /app', 'DL3022'],
  [6, 'USER root', 'DL3002'],
  [6, 'USER 0:0', 'DL3002'],
  [6, 'USER node', 'by its number'],
  [7, 'HEALTHCHECK NONE', 'no health check'],
  [7, 'HEALTHCHECK CMD node --version', 'must be a list'],
  [8, 'ENTRYPOINT node', 'DL3025'],
  [9, 'CMD start', 'DL3025'],
];

function lines(...changes: readonly (readonly [number, string])[]): string {
  const changed = new Map(changes);
  return good.map((line, index) => changed.get(index + 1) ?? line).join('\n');
}

describe('the rules of the Dockerfile', () => {
  test('find nothing in a good one', () => {
    expect(findDockerfileBreaches(good.join('\n'))).toEqual([]);
  });

  test.each(planted)('find in line %i: %s (%s)', (line, text, said) => {
    expect(findDockerfileBreaches(lines([line, text]))).toEqual([
      expect.stringMatching(new RegExp(`^Dockerfile:${line} .*${said}`)),
    ]);
  });

  test('find what is missing, and what stands there twice', () => {
    expect(findDockerfileBreaches(lines([6, '']))).toEqual([expect.stringContaining('DL3002')]);
    expect(findDockerfileBreaches(lines([7, '']))).toEqual([expect.stringContaining('no health check')]);
    expect(findDockerfileBreaches(lines([8, ''], [9, '']))).toEqual([expect.stringContaining('starts nothing')]);
    expect(findDockerfileBreaches(lines([8, 'CMD ["stop"]']))).toEqual([
      expect.stringMatching(/^Dockerfile:9 CMD .*DL4003/),
    ]);
    expect(findDockerfileBreaches(lines([3, 'FROM node:24.1.0 AS build']))).toEqual([
      expect.stringContaining('DL3024'),
    ]);
    expect(findDockerfileBreaches('')).toEqual([expect.stringContaining('no FROM')]);
  });

  test('read what is written over several lines, with comments between', () => {
    const [stage] = readStages('FROM a:1.0.0\n# one\nRUN one \\\n  # two\n\n  && two\nCMD [ "x",\\\n"y" ]\n');
    expect(stage?.instructions.map(({ line, keyword, text }) => [line, keyword, text])).toEqual([
      [3, 'RUN', 'one && two'],
      [7, 'CMD', '[ "x","y" ]'],
    ]);
    expect(() => readStages('FROM a:1.0.0\nRUN <<EOF\necho\nEOF')).toThrow('here-document');
    expect(() => readStages('FROM a:1.0.0\nRUN one \\\n')).toThrow('does not end');
  });

  test('find nothing in ours, which is built on the Node that the project brings', () => {
    const source = readFileSync('Dockerfile', 'utf8');
    const { optionalDependencies }: { optionalDependencies: Record<string, string> } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    );
    expect(findDockerfileBreaches(source)).toEqual([]);
    for (const { base } of readStages(source)) expect(base).toBe(`node:${optionalDependencies.node}-bookworm-slim`);
  });
});
