/** After each test file: no program that it has started goes on, whatever failed. */
import { afterAll } from 'vitest';
import { killLeftPrograms } from './program.ts';

afterAll(killLeftPrograms);
