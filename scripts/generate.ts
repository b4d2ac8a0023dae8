// Writes the files that are rendered from the code; `--check` fails where one has drifted.
import fs from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { openApi } from '../src/api/openapi.ts';
import { routes } from '../src/api/routes/all.ts';
import { withFigures } from './figures.ts';

const root = path.resolve(import.meta.dirname, '..');

const readFile = (name: string): string => fs.readFileSync(path.join(root, name), 'utf8');

const readme = withFigures(readFile('README.md'), readFile('bench/results/latest.json'));

const rendered = {
  'docs/openapi.json': await format(JSON.stringify(openApi(routes)), {
    parser: 'json',
    printWidth: 100,
  }),
  'README.md': await format(readme, {
    ...(await resolveConfig(path.join(root, 'README.md'))),
    parser: 'markdown',
  }),
};

const isCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(rendered)) {
  const file = path.join(root, name);
  const current = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (current === text) continue;
  if (isCheck) {
    console.error(
      `${name} has drifted: run "node --import tsx scripts/generate.ts", and commit it`,
    );
    process.exitCode = 1;
  } else {
    fs.writeFileSync(file, text);
    console.log(`wrote ${name}`);
  }
}
