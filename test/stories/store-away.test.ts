/** A store that is away, and `/ask` whose token ends meanwhile: whoever asked is told, and answered. Needs Redis behind a proxy. */
import { afterEach, describe, expect, test } from 'vitest';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';
