/** The few error classes that all rooms share. A message says what was tried, what came back and what to do. */

/** An error with a stable `code` to branch on. The message is for the operator's log, never for members. */
export class AppError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** One setting that is missing or wrong: which variable, and one sentence on what it should hold and where to get it. */
export interface SettingProblem {
  readonly variable: string;
  readonly advice: string;
}

/** The settings cannot be used. Holds every bad variable, so that the operator mends them all at once. */
export class ConfigError extends AppError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[], options?: ErrorOptions) {
    const lines = problems.map(({ variable, advice }) => `  ${variable}: ${advice}`);
    super(
      'bad-settings',
      `Jupan cannot start: ${problems.length === 1 ? 'a setting needs' : 'some settings need'} your attention ` +
        `(environment or .env; see .env.example).\n${lines.join('\n')}`,
      options,
    );
    this.problems = problems;
  }
}
