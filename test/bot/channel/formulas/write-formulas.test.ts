import { describe, expect, test } from 'vitest';
import { writeFormulas } from '../../../../src/bot/channel/formulas/write-formulas.ts';

const written = (text: string) => writeFormulas(text, false).text;
const quadratic = 'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}';

describe('a formula', () => {
  test.each([
    ['The area is \\( \\pi r^2 \\).', 'The area is πr².'],
    ['\\[ 15 + 27 = 42 \\]', '15 + 27 = 42'],
    ['So\n\\[\nx = 2\n\\]\nis it.', 'So\nx = 2\nis it.'],
    ['$$x^2 + y^2 = r^2$$', 'x² + y² = r²'],
    ['where $x$ is $\\sqrt{2}$, $f(x)$ is $2x$', 'where x is √2, f(x) is 2x'],
    ['$x^2$는 4, $ABC$는 삼각형', 'x²는 4, ABC는 삼각형'],
    ['> quoted $x^2$', '> quoted x²'],
    ['\\begin{equation}x^2\\end{equation}', '`\\begin{equation}x^2\\end{equation}`'],
    [`It is \\(${quadratic}\\).`, `It is \`${quadratic}\`.`],
    [`$$\n${quadratic}\n$$`, `\`${quadratic}\``],
    ['\\[\na &= b \\\\\nc &= d\n\\]!', '```tex\na &= b \\\\\nc &= d\n```\n!'],
    ['> \\[\n> \\sum_{i} i \\\\\n> x\n> \\]', '> `\\sum_{i} i \\\\ x`'],
    ['$> 5$ and $y > 5$', '\\> 5 and y > 5'],
    ['`a`$\\sum_i i$`b`', '`a` `\\sum_i i` `b`'],
    ['\\(속도 = 거리\\)', '속도 = 거리'],
  ])('%j is written %j', (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  test.each([
    '$5 and $10',
    'It costs $5. You pay $10, or $15-$20; US$5 and HK$7.',
    '$5 (about ₩7,000), $6/kg, 7$/kg',
    'between $5 and 10$ or $5$6',
    'run $HOME/bin:$PATH and $(ls) $[x]',
    '5$ 10$ $ 5 $ $5짜리 하나, $6짜리 둘',
    'escaped \\$x^2\\$',
    '`$x^2$` and ``$$x^2$$ ` `` and ```\n$$x^2$$\n``` and',
    '```tex\n\\[x^2\\]',
    'a ` lone tick $x^2$',
    'a link \\[text\\](x) is \\(fine\\)\\[1\\]',
    '$$',
    '$$$$',
    '\\(\\)',
    '\\[ never closed x^2',
    'no \\\\(x^2 here',
    '$x^2\n$',
    `$$${'x'.repeat(5000)}$$`,
    '$ABC',
  ])('is not in %j', (text) => {
    expect(writeFormulas(text, false).formulas).toEqual([]);
    expect(written(text)).toBe(text);
  });

  test('that Unicode cannot say is listed to be drawn, once and in order', () => {
    const text = `\\[${quadratic}\\] and $\\sum_{i=1}^n i$, again \\(${quadratic}\\), not $x^2$`;
    expect(writeFormulas(text, false).formulas).toEqual([quadratic, '\\sum_{i=1}^n i']);
    const many = Array.from({ length: 30 }, (_, index) => `$\\sum_{${index}} i$`).join(' ');
    expect(writeFormulas(many, false).formulas).toHaveLength(8);
    expect(writeFormulas(`\\[ \\sum_i ${'x'.repeat(3000)} \\]`, false).formulas).toEqual([]);
  });
});

describe('while a text grows', () => {
  test.each([
    `The area is \\( \\pi r^2 \\). So $x$ is 2 and $5 is money, \\[${quadratic}\\] and\n\n$$\na \\\\\nb\n$$\n\nend \`$x$\` $y^2$.`,
    'a ` tick $x^2$ in a paragraph\n\nand $x^2$ in another\n```\n$x^2$\n```\n$x^2$ \\begin{align}a\\end{align} \\begin{other} \\beta',
    '$5, $arcsin x$ and $sinus$ $5 max$ $\\text{if } a = b$ $a_{max}$ \\(속도 = 거리\\) \\(odd\\)',
  ])('nothing changes that was written before: %j', (text) => {
    const whole = written(text);
    let longest = 0;
    for (let end = 0; end <= text.length; end += 1) {
      const growing = writeFormulas(text.slice(0, end), true).text;
      expect(whole.startsWith(growing), `${JSON.stringify(growing)} of ${JSON.stringify(whole)}`).toBe(true);
      expect(growing.length).toBeGreaterThanOrEqual(longest);
      longest = growing.length;
    }
  });

  test('money holds back what comes after it for no longer than a word', () => {
    expect(writeFormulas('It costs $5 and then', true).text).toBe('It costs $5 and then');
    expect(writeFormulas('It costs $5\nand', true).text).toBe('It costs $5\nand');
  });

  test.each(['\\(', '\\[', '$', '$x', '`', '$$', '\\begin{align}', '\\(a$`b\\)', '\\$', '\\text{'])(
    'a hundred thousand characters of %s take no time to speak of',
    (sign) => {
      const text = sign.repeat(100_000 / sign.length);
      for (const isGrowing of [true, false]) {
        const before = process.cpuUsage();
        writeFormulas(text, isGrowing);
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1000).toBeLessThan(5000);
      }
    },
  );
});
