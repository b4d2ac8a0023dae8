/** What a person reads of a mail, from its bytes. */
export type ParsedMail = {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Empty where the mail has no such part. */
  readonly text: string;
  readonly html: string;
};

type Entity = {
  readonly headers: ReadonlyMap<string, string>;
  /** One character per byte. */
  readonly body: string;
};

/** Reads a mail with text and HTML parts, as mail programs send them. Attachments are passed over. */
export function parseMail(bytes: Buffer): ParsedMail {
  const entity = splitEntity(bytes.toString('latin1'));
  const header = (name: string): string => decodeWords(entity.headers.get(name) ?? '');
  const leaves = leavesOf(entity);
  const part = (type: string): string => {
    const leaf = leaves.find(({ headers }) => typeOf(headers).type === type);
    return leaf === undefined ? '' : decodeBody(leaf);
  };
  return {
    messageId: header('message-id'),
    from: header('from'),
    to: header('to'),
    subject: header('subject'),
    text: part('text/plain'),
    html: part('text/html'),
  };
}

/** Headers and body; a header that goes on in the next line is one header. */
function splitEntity(source: string): Entity {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end === null ? source : source.slice(0, end.index);
  const body = end === null ? '' : source.slice(end.index + end[0].length);
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return colon < 1 ? [] : [[name, line.slice(colon + 1).trim()] as const];
  });
  return { headers: new Map(headers), body };
}

function leavesOf(entity: Entity): readonly Entity[] {
  const { type, boundary } = typeOf(entity.headers);
  if (!type.startsWith('multipart/') || boundary === undefined) return [entity];
  // Before the first boundary and after the closing one nobody is addressed.
  const parts = entity.body.split(`--${boundary}`).slice(1);
  return parts
    .filter((part) => !part.startsWith('--'))
    .flatMap((part) => leavesOf(splitEntity(part.replace(/^\r?\n/, '').replace(/\r?\n$/, ''))));
}

/** Without a type a part is plain text (RFC 2045). */
function typeOf(headers: Entity['headers']): { type: string; boundary: string | undefined } {
  const value = headers.get('content-type') ?? 'text/plain';
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(value) ?? [];
  const type = value.split(';')[0] ?? '';
  return { type: type.trim().toLowerCase(), boundary: quoted ?? bare };
}

function decodeBody({ headers, body }: Entity): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit';
  const charset = /charset="?([\w-]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  const text = new TextDecoder(charset).decode(bytesOf(encoding, body));
  return text.replaceAll('\r\n', '\n');
}

function bytesOf(encoding: string, body: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding === 'quoted-printable') return fromQuotedPrintable(body);
  return Buffer.from(body, 'latin1');
}

const fromQuotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text
      .replaceAll(/=[ \t]*\r?\n/g, '')
      .replaceAll(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    'latin1',
  );

/** Words like `=?UTF-8?Q?Z=C5=82oty?=` in a header; white space between two of them is none. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(
      /=\?([\w-]+)\?([QB])\?([^?]*)\?=/gi,
      (_all, charset: string, kind: string, word: string) => {
        const isBase64 = kind.toUpperCase() === 'B';
        const bytes = isBase64
          ? Buffer.from(word, 'base64')
          : fromQuotedPrintable(word.replaceAll('_', ' '));
        return new TextDecoder(charset).decode(bytes);
      },
    );
