/** A mail as a person reads it. */
export type Letter = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

export type Mail = Letter & {
  readonly to: string;
  /** The business fact that it tells: the same key always makes the same Message-ID. */
  readonly key: string;
};

/** Sends mail. */
export interface Mailer {
  /**
   * `refused`: the server will never take this mail, for its address or its contents. Throws
   * `MailUnavailable` while the server cannot be reached or asks to come back later.
   */
  send(mail: Mail): Promise<'sent' | 'refused'>;
  /** Lets go of the connections. */
  close(): void;
}

/** The mail server cannot be reached now; the same mail may be sent again. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}
