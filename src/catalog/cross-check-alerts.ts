import { alertName, isCapScope, type Alert } from '../domain/news/alert.ts';
import { nearest } from '../domain/values/nearest.ts';
import type { Terms } from '../domain/terms/terms.ts';
import { repeats } from './repeats.ts';
import type { Mistake, Path } from './source.ts';

/** Alerts that nobody would get, that nothing would arm again, or that stand there twice. */
export function checkAlerts(terms: Terms): Mistake[] {
  return [
    ...repeats(terms.alerts, sayAlert, (index) => ['alerts', index, 'at']),
    ...terms.alerts.flatMap((alert, index) => checkAlert(terms, alert, ['alerts', index])),
  ];
}

const sayAlert = (alert: Alert): string => `alert ${alertName(alert)}`;

function checkAlert({ caps, roles }: Terms, alert: Alert, path: Path): Mistake[] {
  const { scope, at, to, rearm } = alert;
  const mistakes: Mistake[] = [];
  if (isCapScope(scope) && !caps.scopes.includes(scope)) {
    const message = `found ${scope}, expected pool or a scope that caps are set for`;
    mistakes.push({ path: [...path, 'scope'], message });
  }
  if ('amountMicro' in at && at.amountMicro <= 0n) {
    const message = 'found zero, expected more; { percent: 0 } is told when nothing is left';
    mistakes.push({ path: [...path, 'at', 'amount'], message });
  }
  if (to.length === 0 && scope !== 'member') {
    const message = 'is empty, expected a role: nobody would be told';
    mistakes.push({ path: [...path, 'to'], message });
  }
  if (isCapScope(scope) && rearm.includes('topUp')) {
    const message = 'found topUp, expected reset: credits that are bought change no cap';
    mistakes.push({ path: [...path, 'rearm'], message });
  }
  const twice = [
    ...repeats(to, String, (index) => [...path, 'to', index]),
    ...repeats(rearm, String, (index) => [...path, 'rearm', index]),
  ];
  return [...mistakes, ...checkReaders(Object.keys(roles), to, path), ...twice];
}

function checkReaders(known: readonly string[], to: readonly string[], path: Path): Mistake[] {
  return to.flatMap((role, index): Mistake[] => {
    if (known.includes(role)) return [];
    const guess = nearest(role, known);
    const hint = guess === null ? '' : `; did you mean ${guess}?`;
    const message = `found "${role}", expected a role of the catalog${hint}`;
    return [{ path: [...path, 'to', index], message }];
  });
}
