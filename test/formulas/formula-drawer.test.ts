/** Formulas as pictures, drawn by the real thread. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FormulaDrawer } from '../../src/formulas/formula-drawer.ts';
import { createLogger, silentLogger } from '../../src/log.ts';

const quadratic = 'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}';
let drawer: FormulaDrawer;

beforeAll(() => {
  drawer = new FormulaDrawer(silentLogger);
});

afterAll(() => drawer.close());

interface Measures {
  readonly width: number;
  readonly height: number;
}

/** Of a PNG, by its first chunk. Source: https://www.w3.org/TR/png-3/#11IHDR */
function measure(png: Uint8Array | undefined): Measures {
  if (png === undefined) throw new Error('no picture');
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(bytes.length).toBeLessThanOrEqual(200_000);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Kept where it can be looked at, when `FORMULA_PICTURES` names a folder. */
async function draw(name: string, ...formulas: readonly string[]): Promise<Uint8Array | undefined> {
  const png = await drawer.draw(formulas);
  const folder = process.env.FORMULA_PICTURES;
  if (png !== undefined && folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/${name}.png`, png);
  }
  return png;
}

describe('a picture', () => {
  test('shows formulas one below the other, the same bytes every time', async () => {
    const one = await draw('one', quadratic);
    const two = await draw('two', quadratic, '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}');
    expect(measure(two).height).toBeGreaterThan(measure(one).height);
    expect(await draw('one', quadratic)).toEqual(one);
  });

  test('has Korean, environments, numbers that it leaves out, and letters of every kind', async () => {
    const korean = await draw('korean', '\\text{속도} = \\frac{\\text{거리}}{\\text{시간}}');
    const bare = await draw('bare', '\\text{} = \\frac{\\text{}}{\\text{}}');
    expect(korean?.length).toBeGreaterThan(bare?.length ?? 0);
    const align = '\\begin{align} a &= b + c \\tag{1} \\label{x} \\\\ &= d \\end{align}';
    measure(await draw('align', align, '\\begin{cases} x & x \\ge 0 \\\\ -x & x < 0 \\end{cases}'));
    measure(
      await draw(
        'letters',
        '\\mathbb{R}\\mathcal{L}\\mathfrak{g}\\mathscr{F}\\mathsf{x}\\mathtt{y}\\boldsymbol{z}',
        '\\oint_C \\iiint',
      ),
    );
  });

  test('is as wide as can be read: a long formula goes on below, and of many there are as many as have room', async () => {
    const long = measure(await draw('long', `${'\\sum_{i=1}^{n} i + '.repeat(30)} x`));
    expect(long.width).toBeLessThanOrEqual(1156);
    const wide = `\\begin{pmatrix} ${Array.from({ length: 24 }, (_, index) => `a_{${index}}`).join(' & ')} \\end{pmatrix}`;
    expect(measure(await draw('wide', wide)).width).toBeLessThanOrEqual(1156);
    const many = Array.from({ length: 40 }, (_, index) => `\\sum_{i=${index}}^{n} \\frac{i}{${index}}`);
    expect(measure(await draw('many', ...many)).height).toBeLessThanOrEqual(1200);
  });

  test('leaves out what is no LaTeX, and shows the others', async () => {
    const one = await draw('one', quadratic);
    expect(await drawer.draw(['\\frac{1}{', quadratic, '\\undefined', '\\href{x}{y}', 'عربي', '😀'])).toEqual(one);
  });
});

describe('there is no picture', () => {
  test.each([
    ['of what is no LaTeX', '\\frac{1}{'],
    ['of a macro that expands for ever', '\\def\\a{\\a\\a}\\a'],
    ['of a command made up on the way', '\\newcommand{\\a}{\\a\\a}\\a'],
    ['of something from elsewhere', '\\mmlToken{mglyph}[src="file:///etc/hostname" width="9em" height="9em"]{}'],
    ['of a formula of no size', ' '],
  ])('%s', async (_what, latex) => {
    expect(await drawer.draw([latex])).toBeUndefined();
  });

  test('of what takes for ever: the thread is given up, and the next picture is drawn by another', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'debug', stream: { write: (line) => lines.push(line) } });
    const hostile = new FormulaDrawer(log);
    const long = await hostile.draw(['x+'.repeat(50_000)]);
    const deep = await hostile.draw(['{'.repeat(50_000) + '}'.repeat(50_000)]);
    expect([long, deep]).toEqual([undefined, undefined]);
    const good = await hostile.draw([quadratic]);
    measure(good);
    const told = lines.map((line) => JSON.parse(line));
    expect(told).toMatchObject([{ event: 'formulas-not-drawn', formulas: 1 }, { event: 'formulas-not-drawn' }]);
    expect(lines.join('')).not.toMatch(/x\+|\{\{\{/);
    await hostile.close();
  });

  test('once it is closed, also for whoever waits', async () => {
    const closing = new FormulaDrawer(silentLogger);
    const waiting = [closing.draw(['x+'.repeat(50_000)]), closing.draw([quadratic])];
    await closing.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    expect(await closing.draw([quadratic])).toBeUndefined();
  });
});
