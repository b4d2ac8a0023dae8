// `npm run bench`, once it is built: runs it by the Node that the image runs, whichever runs npm.
import fs from 'node:fs';
import path from 'node:path';
import { findNode, nodeOfImage, runToEnd, type End } from './image-node.ts';

const root = path.resolve(import.meta.dirname, '..');
const version = nodeOfImage(fs.readFileSync(path.join(root, 'Dockerfile'), 'utf8'));

/** As the program ended, so does this one. */
function endAs({ status, signal }: End): void {
  if (signal === null) process.exitCode = status ?? 1;
  else process.kill(process.pid, signal);
}

async function bench(): Promise<End> {
  const found = await findNode(version, path.join(root, '.data'));
  if ('brokenOffBy' in found) return { status: null, signal: found.brokenOffBy };
  if (found.lack !== null) {
    process.stderr.write(
      `bench: this measures Node ${process.versions.node}, not the image's ${version} ` +
        `(${found.lack}): let npm reach its registry, or run the bench by Node ${version}\n`,
    );
  }
  const main = path.join(root, '.data/bench/bench/main.js');
  return (await runToEnd(found.program, [main, ...process.argv.slice(2)], 'inherit')).end;
}

endAs(await bench());
