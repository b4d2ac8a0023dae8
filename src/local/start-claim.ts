import { dataPath } from './paths.ts';

/** Names the `npm start` that runs from this clone, so that there is only one. */
export const startClaimFile = dataPath('run', 'start.json');
