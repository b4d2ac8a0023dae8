import type { Story } from '../story.ts';
import { agents } from './agents.ts';
import { studio } from './studio.ts';
import { team } from './team.ts';
import { tools } from './tools.ts';

/** The four products' years. */
export const stories: readonly Story[] = [studio, team, tools, agents];
