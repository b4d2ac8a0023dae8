import type { Story } from '../story.ts';
import { studio } from './studio.ts';

/** The four products' years. */
export const stories: readonly Story[] = [studio];
