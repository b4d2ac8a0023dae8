import { expect, test } from 'vitest';
import { readTogether } from '../../src/store/read-together.ts';

/** A read that waits until it is let go, and what it was asked each time. */
function heldReader() {
  const asked: (readonly number[])[] = [];
  const release: (() => void)[] = [];
  const read = readTogether<number, string>(async (keys) => {
    asked.push(keys);
    await new Promise<void>((resolve) => release.push(resolve));
    return keys.map((key) => `value ${key}`);
  });
  const letGo = async (): Promise<void> => {
    while (release.length === 0) await new Promise(setImmediate);
    release.shift()?.();
  };
  return { asked, read, letGo };
}

test('what is asked for at one time is read at once, each answer to its question', async () => {
  const { asked, read, letGo } = heldReader();
  const answers = Promise.all([read(1), read(2), read(1)]);
  await letGo();
  expect(await answers).toEqual(['value 1', 'value 2', 'value 1']);
  expect(asked).toEqual([[1, 2, 1]]);
});

test('no question joins a read that has begun, so no answer is older than its question', async () => {
  const { asked, read, letGo } = heldReader();
  const first = read(1);
  while (asked.length === 0) await new Promise(setImmediate);
  const later = Promise.all([read(1), read(2)]);
  await letGo();
  expect(await first).toBe('value 1');
  await letGo();
  expect(await later).toEqual(['value 1', 'value 2']);
  expect(asked).toEqual([[1], [1, 2]]);
});

test('a failed read fails its own questions, and the next is read again', async () => {
  let isAway = true;
  const read = readTogether<number, number>((keys) =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve([...keys]),
  );
  await expect(Promise.all([read(1), read(2)])).rejects.toThrow('away');
  isAway = false;
  expect(await read(3)).toBe(3);
});
