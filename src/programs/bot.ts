/** `npm run bot`: the bot alone; its tool servers run elsewhere. */
import { runProgram } from './program.ts';
import { findTokenProblem, runBot } from './run-bot.ts';

await runProgram({ needs: { discord: true, model: true }, findProblems: findTokenProblem }, (context) =>
  runBot(context),
);
