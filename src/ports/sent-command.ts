import type { Instant } from '../domain/values/calendar.ts';
import type { Command, CommandResult } from '../domain/life/commands.ts';

/** A command as its sender gave it; the key and the hash of the body know it again. */
export type SentCommand = {
  readonly key: string;
  readonly bodyHash: Uint8Array;
  readonly actor: string;
  readonly command: Command;
};

export type CommandRow = {
  readonly id: string;
  readonly command: Command;
  readonly state: 'pending' | 'paying' | 'done' | 'refused';
  readonly result: CommandResult | null;
  readonly requestedAt: Instant;
  readonly settledAt: Instant | null;
};
