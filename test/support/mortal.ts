/** A part of a stack that a test may end as a crash would, and start again where it was. */
export type Mortal = {
  /** SIGKILL, to all of it; resolves once nothing of it is left. */
  kill(): Promise<void>;
  /** Starts it again in the same place and on the same port; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends it for good, whether it lives or was killed; rejects if it had ended by itself. */
  stop(): Promise<void>;
};
