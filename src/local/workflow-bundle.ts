import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readIfPresent, writeWhole } from './files.ts';
import { projectRoot } from './paths.ts';

/** What can end up in the bundle (the import rules hold it to that), and the tool that makes it. */
const SOURCES = ['src/workflows', 'src/domain', 'src/ports', 'package-lock.json'];

/** Builds the workflows' bundle into the file, unless it was built from these very sources. */
export async function buildWorkflowBundle(file: string): Promise<void> {
  const key = hashSources();
  const keyFile = `${file}.key`;
  if (fs.existsSync(file) && readIfPresent(keyFile) === key) return;
  // Loaded only here: webpack and swc cost a second, and most starts find the bundle built.
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(projectRoot, 'src/workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  writeWhole(file, code);
  writeWhole(keyFile, key);
}

function hashSources(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => listFiles(path.join(projectRoot, source)))) {
    hash.update(`${path.relative(projectRoot, file)}\0`).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

function listFiles(location: string): string[] {
  if (!fs.statSync(location).isDirectory()) return [location];
  const names = fs.readdirSync(location).toSorted();
  return names.flatMap((name) => listFiles(path.join(location, name)));
}
