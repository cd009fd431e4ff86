/** All that tools have besides calls which come back at once, each as a story. */
import type { Story } from '../stories.ts';
import { approvalStories } from './approvals.ts';
import { changedToolStories } from './changed-tools.ts';
import { contentStories } from './content.ts';
import { guildServerStories } from './guild-servers.ts';
import { loginStories } from './logins.ts';
import { pageStories } from './pages.ts';
import { taskStories } from './tasks.ts';

export const featureStories: readonly Story[] = [
  ...taskStories,
  ...contentStories,
  ...pageStories,
  ...guildServerStories,
  ...changedToolStories,
  ...approvalStories,
  ...loginStories,
];
