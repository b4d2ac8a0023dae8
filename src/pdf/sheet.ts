import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';

/** Where a text stands: points from the page's top left corner. */
export type Place = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
};

export type Style = { readonly size: number; readonly face: Face; readonly color: string };

type Face = 'regular' | 'bold';
/** What a screen reader is told of a text. */
type Role = 'H1' | 'H2' | 'P' | 'Span' | 'Table' | 'TR' | 'TH' | 'TD';
export type Element = PDFKit.PDFStructureElement;

/** A tagged PDF of A4 pages, drawn from top to bottom. */
export type Sheet = {
  readonly top: number;
  readonly left: number;
  readonly right: number;
  /** What is drawn below this would stand in the footer. */
  readonly bottom: number;
  /** A new part of the document, or of one of its parts. */
  element(role: Role, parent?: Element): Element;
  /** Draws a text as a part; answers where it ends. */
  write(text: string, at: Place, style: Style, as: readonly [role: Role, parent?: Element]): number;
  /** How tall a text will be; nothing is drawn. */
  heightOf(text: string, width: number, style: Style): number;
  /** Draws a text that is no part of the document: what is repeated on each page. */
  print(text: string, at: Place, style: Style): void;
  rule(y: number, color: string): void;
  addPage(): void;
  /** Numbers the pages below what was drawn, and gives the whole document away. */
  finish(footer: (page: number, pages: number) => string, style: Style): Promise<Uint8Array>;
};

const margin = 56;
const footerHeight = 40;

/**
 * A font is parsed once for all documents: given as bytes, pdfkit parses its tables anew for each, which is
 * most of the time that an invoice takes.
 */
function readFont(address: string): Font {
  const font = create(fs.readFileSync(fileURLToPath(address)));
  if ('fonts' in font) throw new Error(`${address} is a collection of fonts`);
  return font;
}

/** Noto Sans (SIL Open Font License): Latin with all accents, Greek, Cyrillic, and every currency's sign. */
const fonts: Readonly<Record<Face, Font>> = {
  regular: readFont(
    import.meta.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  ),
  bold: readFont(import.meta.resolve('@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf')),
};

/** Opens an empty page. The date and the title are all that the file knows of its making. */
export function openSheet(about: {
  readonly title: string;
  readonly author: string;
  readonly at: string;
}): Sheet {
  const doc = newDocument(about);
  const root = doc.struct('Document');
  doc.addStructure(root);
  const { width, height } = doc.page;
  const drawn = penOf(doc);
  return {
    ...{ top: margin, left: margin, right: width - margin, bottom: height - margin - footerHeight },
    element: (role, parent = root) => {
      const element = doc.struct(role);
      parent.add(element);
      return element;
    },
    write: (text, at, style, [role, parent = root]) => {
      const element = doc.struct(role, {}, () => drawn.text(text, at, style));
      parent.add(element);
      element.end();
      return at.y + drawn.heightOf(text, at.width, style);
    },
    heightOf: drawn.heightOf,
    print: drawn.decoration,
    rule: drawn.rule,
    addPage: () => {
      doc.addPage();
    },
    finish: (footer, style) => {
      const at = { x: margin, y: height - margin, width: width - 2 * margin };
      numberPages(doc, (page, pages) => drawn.decoration(footer(page, pages), at, style));
      root.end();
      return bytesOf(doc);
    },
  };
}

/** What is drawn on the page that is open. */
function penOf(doc: PDFKit.PDFDocument) {
  const text = (shown: string, { x, y, width, align = 'left' }: Place, style: Style): void => {
    doc.font(style.face).fontSize(style.size).fillColor(style.color);
    doc.text(shown, x, y, { width, align });
  };
  const decorate = (draw: () => void): void => {
    doc.markContent('Artifact', { type: 'Layout' });
    draw();
    doc.endMarkedContent();
  };
  return {
    text,
    decoration: (...shown: Parameters<typeof text>) => decorate(() => text(...shown)),
    rule: (y: number, color: string) =>
      decorate(() => {
        const end = doc.page.width - margin;
        doc.moveTo(margin, y).lineTo(end, y).lineWidth(0.75).stroke(color);
      }),
    heightOf: (shown: string, width: number, style: Style): number =>
      doc.font(style.face).fontSize(style.size).heightOfString(shown, { width }),
  };
}

function newDocument(about: Parameters<typeof openSheet>[0]): PDFKit.PDFDocument {
  const { title: Title, author: Author, at } = about;
  const doc = new PDFDocument({
    size: 'A4',
    // Pages break where the layout says so, between two rows.
    margins: { top: margin, left: margin, right: margin, bottom: 0 },
    bufferPages: true,
    tagged: true,
    lang: 'en-US',
    displayTitle: true,
    pdfVersion: '1.7',
    info: { Title, Author, CreationDate: new Date(at) },
  });
  for (const [face, font] of Object.entries(fonts)) {
    // pdfkit takes a parsed font as well; its declarations do not say so.
    doc.registerFont(face, font as unknown as PDFKit.Mixins.PDFFontSource);
  }
  return doc;
}

function numberPages(doc: PDFKit.PDFDocument, print: (page: number, pages: number) => void): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    doc.switchToPage(start + page);
    print(page + 1, count);
  }
}

function bytesOf(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.once('end', () => resolve(Buffer.concat(parts)));
    doc.once('error', reject);
    doc.end();
  });
}
