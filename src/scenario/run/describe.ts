import type { EntryExpectation, Expectation } from '../schema/expectation.ts';
import type { Pattern, Where } from '../schema/pattern.ts';

/** `2 × certificate.issued {pod: shop/order}` */
export function describePattern({ kind, where, count = 1 }: Pattern): string {
  return `${count === 1 ? '' : `${count} × `}${kind}${describeWhere(where)}`;
}

/** What has to be, in one line. */
export function describeExpectation(expectation: Expectation): string {
  if ('entry' in expectation) return describeEntry(expectation);
  if ('identity' in expectation) return `identity of ${expectation.identity}: ${expectation.is}`;
  if ('pod' in expectation) return `${expectation.pod} ${expectation.ready ? 'ready' : 'not ready'}`;
  if ('request' in expectation) {
    const { request, outcome, by } = expectation;
    return `request from ${request.from} to ${request.to}: ${outcome}${by === undefined ? '' : ` by ${by}`}`;
  }
  const { certificate, expired, validAt } = expectation;
  const wants = [
    ...(expired === undefined ? [] : [expired ? 'expired' : 'not expired']),
    ...(validAt === undefined ? [] : [`valid at ${validAt}`]),
  ];
  return `certificate of ${certificate}: ${wants.join(', ')}`;
}

function describeEntry({ entry, where, count, since }: EntryExpectation): string {
  const since_ = since === 'start' ? ' since the start' : '';
  return `${describeCount(count)} × ${entry}${describeWhere(where)}${since_}`;
}

function describeCount(count: EntryExpectation['count']): string {
  if (count === undefined) return 'at least 1';
  if (typeof count === 'number') return String(count);
  const { min, max } = count;
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return max === undefined ? `at least ${min ?? 0}` : `at most ${max}`;
}

function describeWhere(where: Where | undefined): string {
  const fields = Object.entries(where ?? {});
  if (fields.length === 0) return '';
  return ` {${fields.map(([field, wanted]) => `${field}: ${describeValue(wanted)}`).join(', ')}}`;
}

function describeValue(wanted: Where[string]): string {
  if (typeof wanted !== 'object' || wanted === null) return String(wanted);
  return `${wanted.min ?? ''}…${wanted.max ?? ''}`;
}
