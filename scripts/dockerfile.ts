/** Reads a Dockerfile: its stages with their instructions in order, each on one line whatever it is written on. */

export interface Instruction {
  readonly line: number;
  /** In capitals. */
  readonly keyword: string;
  /** Such as `from` of `--from=build`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags. */
  readonly text: string;
}

export interface Stage {
  readonly line: number;
  readonly base: string;
  readonly name: string | undefined;
  readonly flags: Instruction['flags'];
  /** Without FROM. */
  readonly instructions: readonly Instruction[];
}

export interface HealthCheck {
  readonly line: number;
  /** What follows CMD, as one text; undefined for NONE. */
  readonly command: string | undefined;
}

/** @throws {Error} for what this reader does not know: here-documents, and instructions before the first FROM. */
export function readStages(source: string): Stage[] {
  const stages: { head: Instruction; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(source)) {
    if (instruction.keyword === 'FROM') stages.push({ head: instruction, instructions: [] });
    else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${instruction.keyword} before FROM is not read here.`);
      stage.instructions.push(instruction);
    }
  }
  return stages.map(({ head: { line, flags, text }, instructions }) => {
    const [base = '', , name] = text.split(/\s+/);
    return { line, base, name, flags, instructions };
  });
}

/** The words of the form that no shell reads (`["node", "start"]`); undefined for the shell's. */
export function execForm(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined; // Docker gives it to the shell then.
  }
}

export function findHealthCheck({ instructions }: Stage): HealthCheck | undefined {
  const { line, text } = instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK') ?? {};
  if (line === undefined || text === undefined) return undefined;
  return { line, command: /^CMD\s+(.*)$/i.exec(text)?.[1] };
}

function readInstructions(source: string): Instruction[] {
  const instructions: Instruction[] = [];
  let pending: { line: number; text: string } | undefined;
  for (const [index, line] of source.split('\n').entries()) {
    // Comments and empty lines may also stand between the lines of one instruction.
    if (/^\s*(?:#|$)/.test(line)) continue;
    const text = `${pending?.text ?? ''}${line.trim()}`;
    const from = pending?.line ?? index + 1;
    pending = text.endsWith('\\') ? { line: from, text: text.slice(0, -1) } : undefined;
    if (pending === undefined) instructions.push(readInstruction(text, from));
  }
  if (pending !== undefined) throw new Error(`The instruction of line ${pending.line} does not end.`);
  return instructions;
}

function readInstruction(source: string, line: number): Instruction {
  const [keyword = ''] = source.split(/\s/, 1);
  if (/^(?:RUN|COPY|ADD)$/i.test(keyword) && /<<-?\s*["']?\w/.test(source)) {
    throw new Error(`Line ${line} begins a here-document, which is not read here.`);
  }
  const flags: Record<string, string> = {};
  let text = source.slice(keyword.length).trim();
  for (
    let flag = /^--([\w-]+)(?:=(\S*))?\s*/.exec(text);
    flag !== null;
    flag = /^--([\w-]+)(?:=(\S*))?\s*/.exec(text)
  ) {
    const [whole, name = '', value = ''] = flag;
    flags[name] = value;
    text = text.slice(whole.length);
  }
  return { line, keyword: keyword.toUpperCase(), flags, text };
}
