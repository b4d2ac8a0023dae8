import type { Express, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { externalId, uuid } from '../codecs.ts';
import { sendFile, type FileAnswer } from '../file-answer.ts';
import { sendRefusal } from '../mount.ts';
import type { ApiParts } from '../parts.ts';
import { refuse } from '../problem.ts';

/**
 * The document that a refund's mail links to. It needs no key: its id is a random UUID that only the mail tells,
 * and nothing can be done there.
 */
export function openCreditNote(
  app: Express,
  parts: ApiParts,
  limitPerAddress: RequestHandler,
): void {
  const path = '/credit-notes/:product/:creditNote';
  app.get(path, limitPerAddress, async (request: Request, response: Response) => {
    const file = await print(parts, request);
    if (file === undefined) {
      sendRefusal(response, refuse('notFound'));
      return;
    }
    response.set('cache-control', 'no-store');
    await sendFile(response, 'application/pdf', file);
  });
}

const address = z.strictObject({ product: externalId, creditNote: uuid });

async function print(parts: ApiParts, request: Request): Promise<FileAnswer | undefined> {
  const asked = address.safeParse(request.params);
  if (!asked.success) return undefined;
  const { product, creditNote: id } = asked.data;
  const of = await parts.books.workspaceOfCreditNote(product, id);
  const record = of && (await parts.directory.workspace(of));
  if (record === undefined) return undefined;
  const { account, timeZone } = record;
  const creditNote = await parts.directory.creditNote(account, id);
  if (creditNote === undefined) return undefined;
  const page = { buyer: record.of.workspace, timeZone, creditNote };
  return { fileName: `${creditNote.number}.pdf`, content: await parts.printCreditNote(page) };
}
