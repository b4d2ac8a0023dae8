import { escapeHtml } from '../../../../domain/values/escape-html.ts';
import type { Controls } from '../../control.ts';
import { StripeRefusal } from '../../http/refusal.ts';
import type { World } from '../../world.ts';
import { problemNote, renderPage } from '../html.ts';
import type { PageAnswer } from '../page.ts';
import { act, actsOn } from './acts.ts';
import { shelfOf, shelfOfId, shelves, type Entry, type Shelf } from './shelves.ts';

const shownMost = 100;

/** Whether a path is one of these pages: `/`, `/dashboard/payments`, `/dashboard/payments/pi_1`. */
export const isDashboard = (path: string): boolean => path === '/' || path.startsWith(root);

const root = '/dashboard/';

/** What is in the emulated account, for people: lists, each object whole, and buttons. */
export function serveDashboard(
  controls: Controls,
  request: { readonly method: string; readonly path: string; readonly fields: URLSearchParams },
): PageAnswer {
  const { world } = controls;
  if (request.path === '/') return page('Stripe emulator', overview(world));
  const [name = '', id] = request.path.slice(root.length).split('/').map(decodeURIComponent);
  const shelf = shelfOf(name);
  if (shelf === undefined) return missing('There is no such list.');
  if (id === undefined) return page(shelf.title, menu(shelf) + fullList(world, shelf));
  const entry = shelf.entries(world).find((candidate) => candidate.id === id);
  if (entry === undefined) return missing('There is no such object.');
  if (request.method !== 'POST') return whole(world, { shelf, entry, problem: null });
  try {
    const changed = act(controls, { shelf: shelf.name, id }, request.fields);
    return { kind: 'redirect', to: addressOf(world, changed) ?? request.path };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return whole(world, { shelf, entry, problem: error.message });
  }
}

const page = (title: string, body: string): PageAnswer => ({
  kind: 'page',
  status: 200,
  html: renderPage({ title, body, width: 'wide' }),
});

const missing = (sentence: string): PageAnswer => ({
  kind: 'page',
  status: 404,
  html: renderPage({
    title: 'Not found',
    body: `<p>${sentence} <a href="/">What there is</a></p>`,
    width: 'wide',
  }),
});

function menu(current: Shelf | null): string {
  const links = shelves.map(
    (shelf) =>
      `<a href="${root}${shelf.name}"${shelf === current ? ' aria-current="page"' : ''}>` +
      `${shelf.title}</a>`,
  );
  return `<nav aria-label="Lists"><a href="/">Overview</a>${links.join('')}</nav>`;
}

function overview(world: World): string {
  const rows = shelves.map((shelf) => {
    const count = shelf.entries(world).length;
    const link = `<a href="${root}${shelf.name}">${shelf.title}</a>`;
    return `<tr><th scope="row">${link}</th><td>${count}</td></tr>`;
  });
  const events = shelfOf('events')?.entries(world).slice(-10) ?? [];
  return `<table><tbody>${rows.join('\n')}</tbody></table>
<h2>Newest events</h2>
${listOf('events', events)}`;
}

function fullList(world: World, shelf: Shelf): string {
  const entries = shelf.entries(world);
  const hidden = entries.length - shownMost;
  const note =
    hidden > 0 ? `<p class="soft">The newest ${shownMost} of ${entries.length} are shown.</p>` : '';
  return note + listOf(shelf.name, entries.slice(-shownMost));
}

/** Newest first; those of one instant in the order in which they were made, the last one first. */
function listOf(shelf: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return '<p class="soft">Nothing yet.</p>';
  const used = columns.filter(({ show }) => entries.some((entry) => show(entry) !== ''));
  const rows = entries.toReversed().map((entry) => {
    const { id, what } = entry;
    const link = `<a href="${root}${shelf}/${escapeHtml(id)}">${escapeHtml(id)}</a>`;
    const cells = used.map(({ show }) => `<td>${escapeHtml(show(entry))}</td>`);
    const named = `<td class="loose">${link}<br><span class="soft">${escapeHtml(what)}</span></td>`;
    return `<tr>${named}${cells.join('')}</tr>`;
  });
  return `<div class="list"><table>
<thead><tr><th>What</th>${used.map(({ title }) => `<th>${title}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

const columns: readonly { readonly title: string; readonly show: (entry: Entry) => string }[] = [
  { title: 'Amount', show: ({ amount }) => amount },
  { title: 'Status', show: ({ status }) => status },
  { title: 'When (UTC)', show: ({ created }) => showTime(created) },
];

const showTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

function addressOf(world: World, id: string): string | undefined {
  const shelf = shelfOfId(world, id);
  return shelf === undefined ? undefined : `${root}${shelf}/${encodeURIComponent(id)}`;
}

function whole(
  world: World,
  shown: { readonly shelf: Shelf; readonly entry: Entry; readonly problem: string | null },
): PageAnswer {
  const { shelf, entry, problem } = shown;
  const facts = factsOf(world, entry).filter(([, markup]) => markup !== '');
  const body = `${menu(shelf)}
${problemNote(problem)}
<dl>${facts.map(([name, markup]) => `<dt>${name}</dt><dd>${markup}</dd>`).join('\n')}</dl>
${actsOn(world, shelf.name, entry.id)}
${shelf.name === 'events' ? '' : `<h2>Events</h2>${listOf('events', eventsOf(world, entry))}`}
<h2>JSON</h2>
<pre>${linkedJson(world, entry)}</pre>`;
  const status = problem === null ? 200 : 400;
  return { kind: 'page', status, html: renderPage({ title: entry.id, body, width: 'wide' }) };
}

/** What an object's page says first, as names and markup. */
function factsOf(world: World, entry: Entry): (readonly [name: string, markup: string])[] {
  const { id, what, amount, status, created, customer } = entry;
  const owner = customer === null || customer === id ? undefined : addressOf(world, customer);
  return [
    ['When', `${showTime(created)} UTC`],
    ['What', escapeHtml(what)],
    ['Amount', escapeHtml(amount)],
    ['Status', escapeHtml(status)],
    ['Customer', owner === undefined ? '' : `<a href="${owner}">${customer}</a>`],
  ];
}

/** What happened to it; to a customer also what happened to everything of theirs. */
function eventsOf(world: World, { id }: Entry): readonly Entry[] {
  const events = shelfOf('events')?.entries(world) ?? [];
  return events.filter((entry) => {
    const about = world.tables.events.get(entry.id)?.data.object;
    if (about === undefined) return false;
    return ('id' in about && about.id === id) || ('customer' in about && about.customer === id);
  });
}

/** The object as programs get it; each id in it that is shown here leads there. */
const linkedJson = (world: World, { id, object }: Entry): string =>
  escapeHtml(JSON.stringify(object, null, 2)).replaceAll(
    /&quot;([a-z]{2,5}_[\w]+)&quot;/g,
    (quoted, named: string) => {
      const address = named === id ? undefined : addressOf(world, named);
      return address === undefined ? quoted : `&quot;<a href="${address}">${named}</a>&quot;`;
    },
  );
