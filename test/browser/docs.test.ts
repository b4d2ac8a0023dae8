import { expect, test } from 'vitest';
import { docsPage } from '../../src/api/docs-page.ts';
import { errorsPage } from '../../src/api/errors-page.ts';
import { openApi } from '../../src/api/openapi.ts';
import { routes } from '../../src/api/routes/all.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';

const program = findBrowser();

test.skipIf(program === undefined)(
  'the documents fit a phone, and are dark where a person wants it dark',
  async () => {
    const browser = await openBrowser(program ?? '');
    try {
      const screen = { width: 390, height: 800 };
      const page = await browser.newPage({ viewport: screen, colorScheme: 'dark' });
      for (const html of [docsPage(openApi(routes)), errorsPage()]) {
        await page.setContent(html);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
        const background = 'getComputedStyle(document.body).backgroundColor';
        expect(await page.evaluate(background)).toBe('rgb(20, 22, 26)');
      }
    } finally {
      await browser.close();
    }
  },
);
