import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const program = '/usr/bin/chromium';

/** Debian's Chromium, installed on first use where that is allowed; undefined where it cannot be had. */
export function findBrowser(): string | undefined {
  if (existsSync(program)) return program;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (mayInstall) {
    process.stderr.write('test set-up: installing Chromium from Debian (about half a minute)\n');
    const command = 'apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium';
    spawnSync('sh', ['-c', command], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (existsSync(program)) return program;
  }
  if (process.env['CI'] === 'true') throw new Error('CI needs Chromium: apt-get install chromium');
  process.stderr.write('test set-up: browser tests are skipped, for want of /usr/bin/chromium\n');
  return undefined;
}

export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-proxy-server', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
