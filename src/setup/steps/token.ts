/** The bot's token: where it is made, and whether Discord takes it. */
import type { Changes, StepContext } from './step.ts';

export interface Bot {
  readonly changes: Changes;
  readonly applicationId: string;
  readonly name: string;
}

export async function askToken({ console, words, trials, old }: StepContext): Promise<Bot> {
  const had = old.DISCORD_TOKEN ?? '';
  console.say(words.tokenHow);
  for (;;) {
    const message = had === '' ? words.token : `${words.token} (${words.keepsOld})`;
    const check = (value: string) => (value === '' && had === '' ? words.needed : problemOf(value));
    const problemOf = (value: string) => trials.problemOf('DISCORD_TOKEN', { DISCORD_TOKEN: value });
    const typed = await console.secret({ message, check });
    const token = (typed === '' ? had : typed).replace(/^Bot\s+/i, '');
    console.step(words.checking);
    const trial = await trials.token({ DISCORD_TOKEN: token });
    if (trial.type === 'taken') {
      console.good(words.tokenFine(trial.bot));
      if (trial.postedTo !== undefined) console.warn(words.postedElsewhere(trial.postedTo));
      return { changes: { DISCORD_TOKEN: token }, applicationId: trial.applicationId, name: trial.bot };
    }
    console.bad(trial.type === 'refused' ? words.tokenRefused : words.discordUnreachable(trial.reason));
  }
}
