import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readIfPresent, writeWhole } from '../files.ts';
import { parseMail, type ParsedMail } from './parse-mail.ts';

const keptMost = 500;

const storedMail = z.strictObject({
  id: z.string(),
  receivedAt: z.string(),
  /** Whom the SMTP envelope names; the header may say something else. */
  recipients: z.array(z.string()),
  source: z.string(),
});

type StoredMail = z.output<typeof storedMail>;
export type CaughtMail = StoredMail & ParsedMail;

/** Every mail that was caught, oldest first: in memory, and in a file where one is named. */
export class Mailbox {
  readonly #file: string | undefined;
  readonly #mails: CaughtMail[];

  constructor(file: string | undefined) {
    this.#file = file;
    this.#mails = file === undefined ? [] : readMails(file);
    // A start is the moment to forget the oldest; while it runs the file only grows.
    if (file !== undefined) writeWhole(file, this.#mails.map(asLine).join(''));
  }

  /** On file when it returns, so that what the sender was promised survives. */
  keep(bytes: Buffer, recipients: readonly string[]): void {
    const number = Number(this.#mails.at(-1)?.id ?? '0') + 1;
    const stored = {
      id: String(number),
      receivedAt: new Date().toISOString(),
      recipients: [...recipients],
      // One character per byte, so that any bytes come back as they came.
      source: bytes.toString('latin1'),
    };
    if (this.#file !== undefined) {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true });
      fs.appendFileSync(this.#file, asLine(stored));
    }
    this.#mails.push(readBack(stored));
    this.#mails.splice(0, this.#mails.length - keptMost);
  }

  all(): readonly CaughtMail[] {
    return this.#mails;
  }

  find(id: string): CaughtMail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }
}

const readBack = (stored: StoredMail): CaughtMail => ({
  ...stored,
  ...parseMail(Buffer.from(stored.source, 'latin1')),
});

const asLine = ({ id, receivedAt, recipients, source }: StoredMail): string =>
  `${JSON.stringify({ id, receivedAt, recipients, source })}\n`;

/** A line that a crash cut short was never promised to anybody. */
function readMails(file: string): CaughtMail[] {
  const lines = (readIfPresent(file) ?? '').split('\n').filter((line) => line !== '');
  const mails = lines.flatMap((line) => {
    const stored = storedMail.safeParse(parseLine(line));
    return stored.success ? [readBack(stored.data)] : [];
  });
  return mails.slice(-keptMost);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
