import { createHash } from 'node:crypto';
import { createTransport, type NodemailerError } from 'nodemailer';
import { MailUnavailable, type Mail, type Mailer } from '../ports/mail.ts';

const connectMsMost = 5_000;
const silenceMsMost = 10_000;

/** Sends by SMTP: `smtp://` upgrades to TLS where the server offers it, `smtps://` begins with it. */
export function smtpMailer(settings: { readonly url: string; readonly from: string }): Mailer {
  const { url, from } = settings;
  const transport = createTransport({
    url,
    connectionTimeout: connectMsMost,
    greetingTimeout: connectMsMost,
    socketTimeout: silenceMsMost,
    // Nothing in a mail may make the mailer read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (mail) => {
      const { to, subject, text, html } = mail;
      try {
        await transport.sendMail({
          from,
          // As an object: an address is never parsed as a list of several.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: messageIdOf(mail, from),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return 'sent';
      } catch (error) {
        if (isRefusal(error)) return 'refused';
        throw new MailUnavailable('the mail server cannot take mail now', { cause: error });
      }
    },
    close: () => transport.close(),
  };
}

/** The same business fact is the same message, so a mailbox shows a mail that came twice once. */
function messageIdOf({ key }: Mail, from: string): string {
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}

/** A 5xx answer to the address or to the message; one to the login is a setting to be put right. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // What nodemailer throws carries these two; another error has neither.
  const { code, responseCode } = error as Partial<NodemailerError>;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  return isAboutMail && responseCode !== undefined && responseCode >= 500;
}
