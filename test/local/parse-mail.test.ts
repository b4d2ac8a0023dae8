import { describe, expect, test } from 'vitest';
import { parseMail } from '../../src/local/mail/parse-mail.ts';

const parse = (...lines: readonly string[]) => parseMail(Buffer.from(lines.join('\r\n'), 'utf8'));

describe('a mail', () => {
  test('of one part is its text', () => {
    const mail = parse('From: a@b', 'To: c@d', 'Subject: Hello', '', 'One', '', 'Two');
    expect(mail).toEqual({
      messageId: '',
      from: 'a@b',
      to: 'c@d',
      subject: 'Hello',
      text: 'One\n\nTwo',
      html: '',
    });
  });

  test('of two parts has both, each decoded in its own way', () => {
    const mail = parse(
      'Message-ID: <1@b>',
      'Content-Type: multipart/alternative;',
      ' boundary="--=_x"',
      '',
      'for old programs',
      '----=_x',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Za=C5=BC=C3=B3=C5=82=C4=87 and =',
      'on, 1=3D1',
      '----=_x',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>Zażółć</p>').toString('base64'),
      '----=_x--',
      '',
    );
    expect(mail).toMatchObject({
      messageId: '<1@b>',
      text: 'Zażółć and on, 1=1',
      html: '<p>Zażółć</p>',
    });
  });

  test.each([
    ['=?UTF-8?Q?Za=C5=BC=C3=B3=C5=82=C4=87:_=E2=82=AC5?=', 'Zażółć: €5'],
    ['=?UTF-8?B?WmHFvMOzxYLEhw==?=', 'Zażółć'],
    ['=?UTF-8?Q?Za=C5=BC?=\r\n =?UTF-8?Q?=C3=B3=C5=82=C4=87?= end', 'Zażółć end'],
    ['folded\r\n\tonce', 'folded once'],
  ])('with the subject %j reads %j', (written, read) => {
    expect(parse(`Subject: ${written}`, '', '').subject).toBe(read);
  });

  test.each(['', 'no colon at all', 'Content-Type: multipart/mixed\r\n\r\nno boundary'])(
    'that is malformed (%j) is no reason to fail',
    (source) => {
      expect(parseMail(Buffer.from(source)).subject).toBe('');
    },
  );
});
