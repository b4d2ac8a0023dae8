import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

type Page = { readonly texts: readonly string[]; readonly roles: readonly string[] };

/** What a reader finds in a file: each page's texts in their order, and the roles of its parts. */
export async function readPdf(bytes: Uint8Array) {
  const file = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  const pages: Page[] = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item) => ('str' in item && item.str.trim() ? [item.str] : []));
    pages.push({ texts, roles: rolesIn(await page.getStructTree()) });
  }
  const { info } = await file.getMetadata();
  return { pages, marked: (await file.getMarkInfo())?.Marked, info };
}

/** Every role in a tree of parts, from the root on. */
function rolesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const role = 'role' in node ? [String(node.role)] : [];
  const children: readonly unknown[] =
    'children' in node && Array.isArray(node.children) ? node.children : [];
  return [...role, ...children.flatMap(rolesIn)];
}
