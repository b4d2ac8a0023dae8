/**
 * Reads what is asked for at one time by one statement: what comes while a read is on its way makes the next.
 * An answer is never older than its question, since no question joins a read that has begun.
 */
export function readTogether<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  const waiting: Question<Key, Value>[] = [];
  let isReading = false;
  const readAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const asked = waiting.splice(0, keysMost);
      await answer(asked, read);
    }
    isReading = false;
  };
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isReading) return;
      isReading = true;
      setImmediate(() => void readAll());
    });
}

const keysMost = 500;

interface Question<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

async function answer<Key, Value>(
  asked: readonly Question<Key, Value>[],
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<void> {
  try {
    const values = await read(asked.map(({ key }) => key));
    if (values.length !== asked.length) throw new Error('a read answers each key once');
    // The length was compared: each question has its value.
    for (const [at, value] of values.entries()) asked[at]?.resolve(value);
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}
