import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCatcher, type Catcher } from '../../src/local/mail/catcher.ts';
import { smtpMailer } from '../../src/mail/smtp-mailer.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

let catcher: Catcher;
let file: string;

beforeEach(async () => {
  file = path.join(makeTemporaryDirectory(), 'mails.jsonl');
  catcher = await startCatcher({ file });
});
afterEach(() => catcher.stop());

async function send(subject: string, html = '<p>Hello</p>'): Promise<void> {
  const mailer = smtpMailer({ url: catcher.smtpUrl, from: 'billing@tollgate.example' });
  await mailer.send({ to: 'ada@acme.example', key: subject, subject, text: 'Hello', html });
  mailer.close();
}

const open = async (where: string) => {
  const response = await fetch(`${catcher.pageUrl}${where}`);
  return { response, text: await response.text() };
};

test('every mail is listed, the newest first, and none of it is markup of the page', async () => {
  await send('first');
  await send('<script>alert(1)</script>');
  const { text } = await open('/');
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).not.toContain('<script>');
  expect(text.indexOf('&lt;script&gt;')).toBeLessThan(text.indexOf('>first<'));
});

test('a mail is shown in a frame that may run nothing, as text, and as it came', async () => {
  await send('one', '<head></head><p>Hello <script>alert(1)</script></p>');
  expect((await open('/mails/1')).text).toContain('<iframe sandbox="allow-popups');
  expect((await open('/mails/1?part=text')).text).toContain('<pre class="text">Hello</pre>');
  expect((await open('/mails/1?part=source')).text).toContain('Subject: one');
  const framed = await open('/mails/1/html');
  expect(framed.text).toContain('<base target="_blank">');
  expect(framed.response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
      'sandbox allow-popups allow-popups-to-escape-sandbox',
  );
});

test('programs read all mails as JSON', async () => {
  await send('one');
  expect(JSON.parse((await open('/mails.json')).text)).toMatchObject({
    mails: [{ id: '1', subject: 'one', recipients: ['ada@acme.example'], text: 'Hello' }],
  });
});

test('mails outlive a restart, and a line that was cut short is left out', async () => {
  await send('kept');
  await catcher.stop();
  fs.appendFileSync(file, '{"id":"2","rec');
  catcher = await startCatcher({ file });
  expect(catcher.mails().map(({ subject }) => subject)).toEqual(['kept']);
  await send('after');
  expect(catcher.mails().map(({ id }) => id)).toEqual(['1', '2']);
});

test('what is not there is 404, and nothing can be changed', async () => {
  expect((await open('/mails/7')).response.status).toBe(404);
  expect((await open('/etc/passwd')).response.status).toBe(404);
  expect((await fetch(catcher.pageUrl, { method: 'POST' })).status).toBe(405);
});
