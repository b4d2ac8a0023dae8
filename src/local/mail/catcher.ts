import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { Mailbox, type CaughtMail } from './mailbox.ts';
import { serveMailPage } from './pages.ts';

export interface CatcherOptions {
  /** 0, the default, takes a free one. */
  readonly smtpPort?: number;
  readonly pagePort?: number;
  /** Keeps the mails from one start to the next. */
  readonly file?: string;
}

export interface Catcher {
  readonly smtpUrl: string;
  readonly pageUrl: string;
  readonly mails: () => readonly CaughtMail[];
  readonly stop: () => Promise<void>;
}

const largestMail = 5_000_000;
const closeWithinMs = 500;

/** A mail server on 127.0.0.1 that delivers nothing: it shows every mail on a page. */
export async function startCatcher(options: CatcherOptions = {}): Promise<Catcher> {
  const mailbox = new Mailbox(options.file);
  const smtp = new SMTPServer({
    // It stands on this machine alone, and keeps nobody's secrets.
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: largestMail,
    closeTimeout: closeWithinMs,
    disableReverseLookup: true,
    logger: false,
    onData: (stream, session, done) => {
      void answerSender(takeMail(mailbox, stream, session), done);
    },
  });
  // A sender that breaks off concerns that sender alone.
  smtp.on('error', (error: Error) => process.stderr.write(`mail catcher: ${error.message}\n`));
  const pages = createServer((request, response) => answer(mailbox, request, response));
  const smtpPort = await listen(smtp.listen(options.smtpPort ?? 0, '127.0.0.1'));
  const pagePort = await listen(pages.listen(options.pagePort ?? 0, '127.0.0.1'));
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    pageUrl: `http://127.0.0.1:${pagePort}`,
    mails: () => mailbox.all(),
    stop: async () => {
      pages.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise((resolve) => pages.close(resolve)),
      ]);
    },
  };
}

async function listen(server: NetServer): Promise<number> {
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address, never a pipe's name
  return port;
}

/** Only what is kept is acknowledged; otherwise the sender learns why not. */
async function answerSender(
  taken: Promise<void>,
  done: (problem?: Error | null) => void,
): Promise<void> {
  try {
    await taken;
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  done();
}

async function takeMail(
  mailbox: Mailbox,
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
): Promise<void> {
  const chunks: Buffer[] = [];
  // Node types the chunks of any stream as `any`; those of a mail are buffers.
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  if (stream.sizeExceeded) {
    throw Object.assign(new Error('This mail is too large.'), { responseCode: 552 });
  }
  mailbox.keep(
    Buffer.concat(chunks),
    envelope.rcptTo.map(({ address }) => address),
  );
}

function answer(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { status, type, body, policy } = serveMailPage(mailbox, url);
  response.writeHead(request.method === 'GET' ? status : 405, {
    'content-type': type,
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'GET' ? body : 'Mails are only looked at here: use GET.\n');
}
