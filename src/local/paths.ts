import path from 'node:path';

export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Everything that `npm start` keeps between starts; `npm run reset` removes it. */
export const dataDirectory = path.join(projectRoot, '.data');

export const dataPath = (...names: string[]): string => path.join(dataDirectory, ...names);

export const migrationsDirectory = path.join(projectRoot, 'migrations');
