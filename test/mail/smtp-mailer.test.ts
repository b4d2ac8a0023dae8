import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SMTPServer } from 'smtp-server';
import { startCatcher, type Catcher } from '../../src/local/mail/catcher.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { smtpMailer } from '../../src/mail/smtp-mailer.ts';
import { MailUnavailable, type Mail } from '../../src/ports/mail.ts';

const from = 'Billing <billing@tollgate.example>';
const mail: Mail = {
  to: 'ada@acme.example',
  key: 'studio/acme/notice:receipt:renewal:x',
  subject: 'Zażółć: receipt for €5.00',
  text: 'Thank you.\n.\nA line with a dot alone.\n',
  html: '<p>Zażółć gęślą jaźń</p>',
};

/** A mail server that answers these commands with these codes. */
async function withServer(
  codes: { readonly rcpt?: number; readonly data?: number },
  run: (url: string) => Promise<void>,
): Promise<void> {
  const refuse = (responseCode: number) =>
    Object.assign(new Error('not like this'), { responseCode });
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo: (_address, _session, done) =>
      done(codes.rcpt === undefined ? null : refuse(codes.rcpt)),
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => done(codes.data === undefined ? null : refuse(codes.data)));
    },
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    await run(`smtp://127.0.0.1:${port}`);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

describe('a mail that is taken', () => {
  let catcher: Catcher;
  beforeAll(async () => {
    catcher = await startCatcher();
  });
  afterAll(() => catcher.stop());

  test('arrives whole, in both parts, at the one address', async () => {
    const mailer = smtpMailer({ url: catcher.smtpUrl, from });
    expect(await mailer.send(mail)).toBe('sent');
    mailer.close();
    expect(catcher.mails()[0]).toMatchObject({
      recipients: ['ada@acme.example'],
      from,
      to: 'ada@acme.example',
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
    });
    expect(catcher.mails()[0]?.source).toContain('Auto-Submitted: auto-generated');
  });

  test('carries the same Message-ID for the same fact, and another for another', async () => {
    const mailer = smtpMailer({ url: catcher.smtpUrl, from });
    const before = catcher.mails().length;
    await mailer.send(mail);
    await mailer.send({ ...mail, subject: 'said in other words' });
    await mailer.send({ ...mail, key: 'studio/acme/notice:receipt:renewal:y' });
    mailer.close();
    const ids = catcher.mails().slice(before);
    expect(ids[0]?.messageId).toMatch(/^<[0-9a-f]{40}@tollgate\.example>$/);
    expect(ids[1]?.messageId).toBe(ids[0]?.messageId);
    expect(ids[2]?.messageId).not.toBe(ids[0]?.messageId);
  });

  test('goes to one person, whatever stands in the address', async () => {
    const mailer = smtpMailer({ url: catcher.smtpUrl, from });
    const before = catcher.mails().length;
    await mailer.send({ ...mail, to: 'eve@a.example, all@b.example' }).catch(() => undefined);
    mailer.close();
    const reached = catcher
      .mails()
      .slice(before)
      .flatMap(({ recipients }) => recipients);
    expect(reached).not.toContain('all@b.example');
  });
});

describe('a mail that is not taken', () => {
  test.each([{ rcpt: 550 }, { data: 554 }])('for good (%j) is refused', async (codes) => {
    await withServer(codes, async (url) => {
      const mailer = smtpMailer({ url, from });
      expect(await mailer.send(mail)).toBe('refused');
      mailer.close();
    });
  });

  test.each([{ rcpt: 450 }, { data: 451 }])('for now (%j) may be sent again', async (codes) => {
    await withServer(codes, async (url) => {
      const mailer = smtpMailer({ url, from });
      await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailUnavailable);
      mailer.close();
    });
  });

  test('because nobody listens may be sent again', async () => {
    const mailer = smtpMailer({ url: `smtp://127.0.0.1:${await findFreePort()}`, from });
    await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailUnavailable);
    mailer.close();
  });
});
