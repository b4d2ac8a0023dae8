import { escapeHtml } from '../../../domain/values/escape-html.ts';
import { framePage } from '../../page-frame.ts';

/** What went wrong, read out at once by a screen reader; nothing if nothing did. */
export const problemNote = (problem: string | null): string =>
  problem === null ? '' : `<p class="error" role="alert">${escapeHtml(problem)}</p>`;

const notice = 'Test payments: no money moves here, and only test cards work.';

/** A page of the emulator; one that asks for something is narrow, one that lists is wide. */
export const renderPage = (page: {
  readonly title: string;
  readonly body: string;
  readonly width?: 'form' | 'wide';
}): string => framePage({ width: 'form', ...page, notice });
