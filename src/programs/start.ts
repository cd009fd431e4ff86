/** `npm start`: the calculator server, as a process of its own, and the bot. */
import { startCalculatorProcess } from './calculator-process.ts';
import { runProgram } from './program.ts';

await runProgram(
  {
    needs: { discord: true, model: true },
    findProblems: async (environment) => (await import('./run-bot.ts')).findTokenProblem(environment),
  },
  async (context) => {
    // First, since it starts up beside this process; the bot's libraries take their time to load.
    const calculator = startCalculatorProcess(context.config, context.log);
    const { runBot } = await import('./run-bot.ts');
    await runBot(context, calculator);
  },
);
