/** Writes down what was chosen: the operator's file first, since `.env` names it. */
import { existsSync, readFileSync } from 'node:fs';
import { type Budget, toBudgetFile } from './budget-file.ts';
import { type Changes, changeEnv } from './env-file.ts';
import { writeWhole } from './write-file.ts';

export const envFile = '.env';
export const budgetFile = 'jupan.json';

/** Secrets are for whoever runs Jupan alone. */
const secretMode = 0o600;
const openMode = 0o644;

export function readEnvText(): string {
  return existsSync(envFile) ? readFileSync(envFile, 'utf8') : '';
}

/** Where budgets stand already, if anywhere: what an operator has written there is not for the set-up to change. @param named By JUPAN_CONFIG. */
export function findBudgetFile(named: string | undefined): string | undefined {
  if (named !== undefined && named !== '') return named;
  return existsSync(budgetFile) ? budgetFile : undefined;
}

/** @returns the files that were written. */
export function settle(changes: Changes, budget: Budget | undefined): readonly string[] {
  const text = budget === undefined ? undefined : toBudgetFile(budget);
  if (text !== undefined) writeWhole(budgetFile, text, openMode);
  const all = text === undefined ? changes : { ...changes, JUPAN_CONFIG: budgetFile };
  writeWhole(envFile, changeEnv(readEnvText(), all), secretMode);
  return text === undefined ? [envFile] : [budgetFile, envFile];
}
