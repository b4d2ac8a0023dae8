import { randomUUID } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { InvoiceRow } from '../../ports/books.ts';
import type { WorkspaceRef } from '../../ports/workspace-ref.ts';
import { externalId, uuid } from '../codecs.ts';
import { sendRefusal } from '../mount.ts';
import type { ApiParts } from '../parts.ts';
import { payPage } from '../pay-page.ts';
import { refuse } from '../problem.ts';

/**
 * The page that payment notices link to. It needs no key: an invoice's id is a random UUID that only its
 * mail tells, and all that its reader can do is put a payment method on file while it is open.
 */
export function payRoutes(app: Express, parts: ApiParts, limitPerAddress: RequestHandler): void {
  const path = '/pay/:product/:invoice';
  app.get(path, limitPerAddress, (request, response) => showInvoice(parts, request, response));
  // Not by following the link alone: programs that look into mails follow links.
  app.post(path, limitPerAddress, (request, response) => openSetup(parts, request, response));
}

/** What may be put on file, by the terms that the workspace is pinned to. */
async function kindsOf({ directory, catalogs }: ApiParts, of: WorkspaceRef) {
  const record = await directory.workspace(of);
  if (record === undefined) throw new Error(`${of.workspace} has an invoice and is gone`);
  return (await catalogs.termsOf(of.product, record.termsVersion)).paymentMethods.kinds;
}

const address = z.strictObject({ product: externalId, invoice: uuid });

type Found = { readonly of: WorkspaceRef; readonly invoice: InvoiceRow };

async function find(parts: ApiParts, request: Request): Promise<Found | undefined> {
  const asked = address.safeParse(request.params);
  if (!asked.success) return undefined;
  const { product, invoice: id } = asked.data;
  const of = await parts.books.workspaceOfInvoice(product, id);
  if (of === undefined) return undefined;
  const invoice = await parts.books.invoiceById(of, id);
  return invoice && { of, invoice };
}

async function showInvoice(parts: ApiParts, request: Request, response: Response): Promise<void> {
  const found = await find(parts, request);
  const terms = found && (await parts.catalogs.current(found.of.product));
  if (found === undefined || terms === undefined) {
    sendRefusal(response, refuse('notFound'));
    return;
  }
  const visit = request.query['added'] === undefined ? 'first' : 'methodAdded';
  const html = payPage({ productName: terms.name, invoice: found.invoice, visit });
  response
    .set('cache-control', 'no-store')
    // The form leads on to the payment provider's page, which browsers hold against `form-action`.
    .set(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' https: http://127.0.0.1:*",
    )
    .type('html')
    .send(html);
}

async function openSetup(parts: ApiParts, request: Request, response: Response): Promise<void> {
  const found = await find(parts, request);
  if (found === undefined) {
    sendRefusal(response, refuse('notFound'));
    return;
  }
  const { of, invoice } = found;
  const page = `${parts.publicUrl}/pay/${of.product}/${invoice.id}`;
  const { customer, currency } = await parts.books.account(of);
  if (invoice.status !== 'open' || customer === null) {
    response.redirect(303, page);
    return;
  }
  const { url } = await parts.payments.openSetup({
    customer,
    kinds: await kindsOf(parts, of),
    currency,
    returnTo: `${page}?added=1`,
    // Each press of the button is a wish of its own.
    key: `${of.product}/${of.workspace}/setup:${randomUUID()}`,
  });
  response.redirect(303, url);
}
