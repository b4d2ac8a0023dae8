import { escapeHtml } from '../domain/values/escape-html.ts';
import type { Letter } from '../ports/mail.ts';

/** What a letter is made of; each block has a plain and a marked-up form. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | {
      readonly kind: 'amounts';
      readonly rows: readonly (readonly [what: string, amount: string])[];
      readonly total: readonly [what: string, amount: string];
    }
  | { readonly kind: 'button'; readonly label: string; readonly to: string };

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

/** Why somebody gets a mail that goes to the billing address. */
export const footerOf = ({
  productName,
  workspace,
}: {
  readonly productName: string;
  readonly workspace: string;
}): string =>
  `You get this because yours is the billing address of the workspace "${workspace}" of ` +
  `${productName}. It can be changed where the workspace is billed.`;

/** Both parts of a mail from the same blocks, so that they never say different things. */
export function compose(letter: {
  readonly subject: string;
  readonly blocks: readonly Block[];
  /** Who writes, and why. */
  readonly footer: string;
}): Letter {
  const { subject, blocks, footer } = letter;
  const text = [...blocks.map(asText), `-- \n${footer}`].join('\n\n');
  return {
    subject: oneLine(subject),
    text: `${text}\n`,
    html: asPage({ subject, blocks, footer }),
  };
}

/** A line break in a subject would begin another header. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function asText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text;
    case 'amounts': {
      const rows = [...block.rows, block.total];
      const wide = Math.max(...rows.map(([what]) => what.length));
      const most = Math.max(...rows.map(([, amount]) => amount.length));
      return rows
        .map(([what, amount]) => `  ${what.padEnd(wide)}  ${amount.padStart(most)}`)
        .join('\n');
    }
    case 'button':
      return `${block.label}:\n${block.to}`;
  }
}

const cell = 'padding:8px 0;border-bottom:1px solid #d5d9e0;';

function asHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escapeHtml(block.text)}</p>`;
    case 'amounts': {
      const rows = block.rows.map((row) => amountRow(row, cell));
      const total = amountRow(block.total, 'padding:8px 0;font-weight:bold;');
      return (
        '<table role="presentation" width="100%" style="border-collapse:collapse;margin:0 0 16px">\n' +
        `${[...rows, total].join('\n')}\n</table>`
      );
    }
    case 'button':
      return (
        `<p style="margin:0 0 16px"><a href="${escapeHtml(block.to)}" style="display:inline-block;` +
        'padding:12px 20px;background:#3b5bdb;color:#ffffff;border-radius:8px;font-weight:bold;' +
        `text-decoration:none">${escapeHtml(block.label)}</a></p>`
      );
  }
}

const amountRow = (
  [what, amount]: readonly [what: string, amount: string],
  style: string,
): string =>
  `<tr><td style="${style}">${escapeHtml(what)}</td>` +
  `<td style="${style}text-align:right;white-space:nowrap">${escapeHtml(amount)}</td></tr>`;

/** Mail programs keep little of a style sheet, so each element carries its own style. */
const asPage = (letter: {
  readonly subject: string;
  readonly blocks: readonly Block[];
  readonly footer: string;
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(letter.subject)}</title>
</head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,'Segoe UI',Roboto,sans-serif">
<div style="max-width:560px;margin:0 auto">
${letter.blocks.map(asHtml).join('\n')}
<p style="margin:24px 0 0;font-size:13px;color:#757b87">${escapeHtml(letter.footer)}</p>
</div>
</body>
</html>
`;
