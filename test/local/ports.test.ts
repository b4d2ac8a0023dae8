import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { answersOn, isFreePort, RememberedPorts, requireFreePort } from '../../src/local/ports.ts';
import { occupyPort } from './listener.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

describe('remembered ports', () => {
  const makeFile = (): string => path.join(makeTemporaryDirectory(), 'ports.json');

  test('give a part the same port at the next start', async () => {
    const file = makeFile();
    const first = await new RememberedPorts(file).take('temporal');
    expect(await new RememberedPorts(file).take('temporal')).toBe(first);
  });

  test('give a part a new port when somebody else listens on the old one', async () => {
    const file = makeFile();
    const first = await new RememberedPorts(file).take('temporal');
    await occupyPort(first);
    const second = await new RememberedPorts(file).take('temporal');
    expect(second).not.toBe(first);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ temporal: second });
  });

  test('give two parts that ask at once two ports', async () => {
    const ports = new RememberedPorts(makeFile());
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((part) => ports.take(part)));
    expect(new Set(taken).size).toBe(4);
  });

  test.each(['{"temporal":', '{"temporal":"7233"}', '[]'])(
    'start anew from the damaged file %s',
    async (text) => {
      const file = makeFile();
      fs.writeFileSync(file, text);
      expect(await isFreePort(await new RememberedPorts(file).take('temporal'))).toBe(true);
    },
  );
});

describe('a port in use', () => {
  test('is not free, and answers', async () => {
    const port = await occupyPort();
    expect(await isFreePort(port)).toBe(false);
    expect(await answersOn(port)).toBe(true);
  });

  test('is refused with the port to choose instead when it is the one people chose', async () => {
    const port = await occupyPort();
    await expect(requireFreePort(port)).rejects.toThrow(
      `Port ${port} is in use by another program. Stop that program, ` +
        `or choose another port: TOLLGATE_PORT=${port + 1} npm start`,
    );
  });
});
