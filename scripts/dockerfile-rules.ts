/**
 * What the Dockerfile must keep to. Most are rules of hadolint, named by its codes
 * (https://github.com/hadolint/hadolint#rules), the rest are ours.
 */
import { execForm, findHealthCheck, type Instruction, readStages, type Stage } from './dockerfile.ts';

interface Breach {
  readonly line: number;
  readonly says: string;
}

/** @returns a line for each breach, in the order of the file. */
export function findDockerfileBreaches(source: string): string[] {
  const stages = readStages(source);
  const final = stages.at(-1);
  const breaches = [
    ...stages.flatMap((stage, index) => ofStage(stage, stages.slice(0, index))),
    ...(final === undefined ? [{ line: 1, says: 'There is no FROM.' }] : ofFinal(final)),
  ];
  return breaches.toSorted((one, other) => one.line - other.line).map(({ line, says }) => `Dockerfile:${line} ${says}`);
}

function ofStage(stage: Stage, earlier: readonly Stage[]): Breach[] {
  const { line, base, name, flags, instructions } = stage;
  const names = earlier.map((each) => each.name);
  const says: string[] = [];
  if (!names.includes(base) && !isPinned(base)) says.push(`${base} is not pinned to one version (DL3006, DL3007).`);
  if (flags.platform !== undefined) says.push('builds for one platform only (DL3029).');
  if (name !== undefined && names.includes(name)) says.push(`gives the name ${name} twice (DL3024).`);
  return [
    ...says.map((each) => ({ line, says: each })),
    ...instructions.flatMap((instruction) =>
      [...ofAny(instruction), ...ofCopy(instruction, names), ...ofRun(instruction)].map((each) => ({
        line: instruction.line,
        says: each,
      })),
    ),
    ...repeated(instructions),
  ];
}

/** `1.2.3`, whatever follows, or a digest. */
function isPinned(base: string): boolean {
  return /:\d+\.\d+\.\d+(?:[.-][\w.-]+)?$/.test(base) || /@sha256:[0-9a-f]{64}$/.test(base);
}

function ofAny({ keyword, text }: Instruction): string[] {
  switch (keyword) {
    case 'ADD':
      return ['ADD fetches and unpacks what nobody checked: use COPY (DL3020).'];
    case 'MAINTAINER':
      return ['MAINTAINER is of the past: use LABEL (DL4000).'];
    case 'VOLUME':
      return ['VOLUME makes nameless volumes, and Railway refuses it: name a volume where the image is run.'];
    case 'WORKDIR':
      return text.startsWith('/') ? [] : ['WORKDIR must be absolute (DL3000).'];
    case 'ENTRYPOINT':
    case 'CMD':
      return execForm(text) === undefined ? [`${keyword} must be a list, or a shell stays in between (DL3025).`] : [];
    case 'ENV':
    case 'ARG':
      return /TOKEN|SECRET|PASSWORD|KEY/i.test(text.replace(/=\S*/g, '')) ? ['A secret would stay in the image.'] : [];
    default:
      return [];
  }
}

function ofCopy({ keyword, flags, text }: Instruction, earlier: readonly (string | undefined)[]): string[] {
  if (keyword !== 'COPY') return [];
  const words = text.split(/\s+/);
  const says: string[] = [];
  if (words.length > 2 && words.at(-1)?.endsWith('/') !== true) {
    says.push('COPY of several files needs a folder with a slash at its end (DL3021).');
  }
  if (flags.from !== undefined && !earlier.includes(flags.from)) {
    says.push(`COPY is from ${flags.from}, which no earlier stage is named (DL3022).`);
  }
  return says;
}

/** What a shell command must not have in it, and why. */
const shellRules: readonly (readonly [RegExp, string])[] = [
  [/\bsudo\b/, 'sudo is not needed (DL3004).'],
  [/(?:^|[;&|]\s*)cd\s/, 'cd hides where things are: use WORKDIR (DL3003).'],
  [/\bapt\s/, 'apt is for people: use apt-get (DL3027).'],
  [/apt-get\s+(?:\S+\s+)*(?:dist-)?upgrade/, 'apt-get upgrade makes each build another: take a newer base (DL3005).'],
  [/\b(?:curl|wget)\b/, 'downloads what nobody checked.'],
  [/\bnpm\s+(?:i|install|add)\b/, 'npm install takes other versions than were tested: use npm ci (DL3016).'],
  [/chmod\s+(?:-\w+\s+)*0?777\b/, 'lets everybody write.'],
];

function ofRun({ keyword, text }: Instruction): string[] {
  if (keyword !== 'RUN') return [];
  const says = shellRules.flatMap(([pattern, reason]) => (pattern.test(text) ? [reason] : []));
  if (/apt-get\s+(?:\S+\s+)*install/.test(text)) {
    if (!/\s(?:-y|--yes|-qq?y)\b/.test(text)) says.push('apt-get install waits for an answer without -y (DL3014).');
    if (!text.includes('--no-install-recommends')) says.push('apt-get takes more than is needed (DL3015).');
    if (!/rm -rf \/var\/lib\/apt\/lists/.test(text)) says.push('The lists of apt-get stay in the layer (DL3009).');
  }
  if (/[^|]\|[^|]/.test(text) && !text.includes('pipefail')) {
    says.push('What fails before a pipe is not noticed without pipefail (DL4006).');
  }
  return says;
}

/** Of these only the last one counts. */
function repeated(instructions: readonly Instruction[]): Breach[] {
  return ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].flatMap((keyword) =>
    instructions
      .filter((each) => each.keyword === keyword)
      .slice(1)
      .map(({ line }) => ({ line, says: `${keyword} stands here a second time (DL4003, DL4004, DL3012).` })),
  );
}

/** What comes out in the end. */
function ofFinal(stage: Stage): Breach[] {
  const { line, instructions } = stage;
  const last = (keyword: string) => instructions.findLast((each) => each.keyword === keyword);
  const breaches: Breach[] = [];
  const user = last('USER');
  if (user === undefined || /^(?:root|0)(?::|$)/.test(user.text)) {
    breaches.push({ line: user?.line ?? line, says: 'The image would run as root (DL3002).' });
  } else if (!/^\d+(?::\d+)?$/.test(user.text)) {
    breaches.push({ line: user.line, says: 'Kubernetes knows that a user is not root by its number only.' });
  }
  const check = findHealthCheck(stage);
  if (check?.command === undefined) breaches.push({ line: check?.line ?? line, says: 'There is no health check.' });
  else if (execForm(check.command) === undefined) {
    breaches.push({ line: check.line, says: 'The health check must be a list: there may be no shell.' });
  }
  if (last('ENTRYPOINT') === undefined && last('CMD') === undefined)
    breaches.push({ line, says: 'It starts nothing.' });
  return breaches;
}
