import type { Expectation, Found } from '../../scenario/protocol.ts';
import { duration } from '../stage/captions.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';

type Of<K extends string> = Extract<Expectation, Readonly<Record<K, unknown>>>;

/** What had to be, in the reader's language; names and kinds stay as the field writes them. */
export function expectedText(expectation: Expectation, i18n: I18n): string {
  const { m } = i18n;
  if ('entry' in expectation) return entryText(expectation, i18n);
  if ('identity' in expectation) {
    const { identity, is } = expectation;
    return m.expect_identity({ pod: identity, identity: is === 'none' ? m.inspector_none() : is });
  }
  if ('request' in expectation) {
    const { request, outcome, by } = expectation;
    return m.expect_request({ ...request, outcome: outcomeText(outcome, by ?? null, i18n) });
  }
  if ('pod' in expectation)
    return m.expect_pod({ pod: expectation.pod, state: readyText(expectation.ready, i18n) });
  const { certificate, expired, validAt } = expectation;
  const wants = [
    ...(expired === undefined ? [] : [expired ? m.expect_expired() : m.expect_not_expired()]),
    ...(validAt === undefined
      ? []
      : [validAt === 'now' ? m.expect_valid_now() : m.expect_valid_at({ at: validAt })]),
  ];
  return m.expect_certificate({ pod: certificate, wants: wants.join(', ') });
}

/** What was found instead. */
export function foundText(found: Found, i18n: I18n): string {
  const { m } = i18n;
  switch (found.type) {
    case 'count': {
      const { matching, others } = found;
      const times = m.expect_exactly({ count: matching });
      return others === null ? times : m.found_besides({ times, ...others });
    }
    case 'missing':
      return { pod: m.found_no_pod, request: m.found_no_request, certificate: m.found_no_certificate }[
        found.what
      ]();
    case 'identity':
      return found.spiffeId ?? m.inspector_none();
    case 'pod':
      return readyText(found.ready, i18n);
    case 'answer':
      return `${outcomeText(found.outcome, found.by, i18n)}: ${found.status} ${found.reason}`.trimEnd();
    case 'lifetime': {
      const span = duration(found.ms, (key, inputs = {}) => i18n.find(key, inputs) ?? key);
      return found.expired ? m.found_expired({ span }) : m.found_expires({ span });
    }
  }
}

function entryText({ entry, where, count, since }: Of<'entry'>, i18n: I18n): string {
  const { m } = i18n;
  const fields = Object.entries(where ?? {}).map(([name, wanted]) =>
    typeof wanted === 'object' && wanted !== null
      ? `${name}: ${wanted.min ?? ''}…${wanted.max ?? ''}`
      : `${name}: ${String(wanted)}`,
  );
  const what = fields.length === 0 ? entry : `${entry} {${fields.join(', ')}}`;
  const times = timesText(count, i18n);
  return since === 'start' ? m.expect_entry_since_start({ what, times }) : m.expect_entry({ what, times });
}

function timesText(count: Of<'entry'>['count'], { m }: I18n): string {
  if (typeof count === 'number') return m.expect_exactly({ count });
  const { min, max } = count ?? { min: 1 };
  if (min !== undefined && max !== undefined) return m.expect_between({ min, max });
  return max === undefined ? m.expect_at_least({ min: min ?? 0 }) : m.expect_at_most({ max });
}

function outcomeText(outcome: 'allowed' | 'refused' | 'failed', by: string | null, { m }: I18n): string {
  const words = { allowed: m.outcome_allowed, refused: m.outcome_refused, failed: m.outcome_failed }[
    outcome
  ]();
  return by === null ? words : m.outcome_by({ outcome: words, by });
}

function readyText(ready: boolean, { m }: I18n): string {
  return ready ? m.expect_ready() : m.expect_not_ready();
}
