import type { Mesh } from '../../mesh/mesh.ts';
import type { Entry, EntryOf } from '../../trace/entry.ts';
import type {
  CertificateExpectation,
  EntryExpectation,
  Expectation,
  IdentityExpectation,
  PodExpectation,
  RequestExpectation,
} from '../schema/expectation.ts';
import type { Found } from './found.ts';
import { matchesEntry, matchesName, valueOf } from './match.ts';
import { duration } from './translate.ts';

/** What was found, and whether it is what had to be. */
export interface Observation {
  readonly ok: boolean;
  readonly found: Found;
}

/** Compares the world as it is with an expectation. `fromSeq` is the first entry of the step or check. */
export function observe(mesh: Mesh, expectation: Expectation, fromSeq: number): Observation {
  if ('entry' in expectation) return observeEntries(mesh, expectation, fromSeq);
  if ('identity' in expectation) return observeIdentity(mesh, expectation);
  if ('request' in expectation) return observeRequest(mesh, expectation, fromSeq);
  if ('pod' in expectation) return observePod(mesh, expectation);
  return observeCertificate(mesh, expectation);
}

function observeEntries(mesh: Mesh, expectation: EntryExpectation, fromSeq: number): Observation {
  const { entry: kind, where, count = { min: 1 }, since } = expectation;
  const ofKind = entriesFrom(mesh, since === 'start' ? 0 : fromSeq).filter((entry) => entry.kind === kind);
  const matching = ofKind.filter((entry) => matchesEntry(entry, kind, where)).length;
  const { min = 0, max = Infinity } = typeof count === 'number' ? { min: count, max: count } : count;
  const ok = matching >= min && matching <= max;
  const others = ofKind.filter((entry) => !matchesEntry(entry, kind, where));
  const missed = ok || others.length === 0 ? null : { count: others.length, last: nearMiss(others, where) };
  return { ok, found: { type: 'count', matching, others: missed } };
}

/** The last entry of the kind that did not match, by the fields that were asked for. */
function nearMiss(others: readonly Entry[], where: EntryExpectation['where']): string {
  const last = others.at(-1);
  const fields = Object.keys(where ?? {}).map((field) => `${field}: ${last && String(valueOf(last, field))}`);
  return `{${fields.join(', ')}}`;
}

function observeIdentity(mesh: Mesh, { identity, is }: IdentityExpectation): Observation {
  const pod = mesh.resolvePod(identity);
  if (pod === null) return missing('pod');
  const { spiffeId } = pod;
  return { ok: (spiffeId ?? 'none') === is, found: { type: 'identity', spiffeId } };
}

function observePod(mesh: Mesh, { pod, ready }: PodExpectation): Observation {
  const status = mesh.resolvePod(pod);
  if (status === null) return missing('pod');
  return { ok: status.ready === ready, found: { type: 'pod', ready: status.ready } };
}

function observeRequest(
  mesh: Mesh,
  { request, outcome, by }: RequestExpectation,
  fromSeq: number,
): Observation {
  const answer = lastAnswer(entriesFrom(mesh, fromSeq), request.from, request.to);
  if (answer === null) return missing('request');
  const ok = answer.outcome === outcome && (by === undefined || answer.by === by);
  const { status, reason } = answer;
  return { ok, found: { type: 'answer', outcome: answer.outcome, by: answer.by, status, reason } };
}

/** A request is of a pair when it was sent to that name, or when a pod of that name answered. */
function lastAnswer(
  entries: readonly Entry[],
  from: string,
  to: string,
): EntryOf<'request.answered'>['data'] | null {
  const sentTo = new Map<string, string>();
  let last: EntryOf<'request.answered'>['data'] | null = null;
  for (const { kind, data } of entries) {
    if (kind === 'request.sent') sentTo.set(data.request, data.to);
    if (kind !== 'request.answered' || !matchesName(from, data.from)) continue;
    if (matchesName(to, sentTo.get(data.request) ?? '') || matchesName(to, data.to)) last = data;
  }
  return last;
}

function observeCertificate(mesh: Mesh, expectation: CertificateExpectation): Observation {
  const status = mesh.resolvePod(expectation.certificate);
  if (status === null) return missing('pod');
  const served = servedCertificate(mesh, status.pod);
  if (served === null) return missing('certificate');
  const { notBeforeMs, notAfterMs } = served;
  const nowMs = mesh.now();
  const isExpired = nowMs > notAfterMs;
  const { expired = isExpired, validAt } = expectation;
  const atMs = validAt === undefined || validAt === 'now' ? nowMs : duration(validAt);
  const isValid = atMs >= notBeforeMs && atMs <= notAfterMs;
  const ok = expired === isExpired && (validAt === undefined || isValid);
  return { ok, found: { type: 'lifetime', expired: isExpired, ms: Math.abs(nowMs - notAfterMs) } };
}

function missing(what: 'pod' | 'request' | 'certificate'): Observation {
  return { ok: false, found: { type: 'missing', what } };
}

/** The lifetime of the certificate that a pod's Envoy took last. */
function servedCertificate(mesh: Mesh, pod: string): { notBeforeMs: number; notAfterMs: number } | null {
  const accepted = mesh.trace.entries.findLast(
    (entry) => entry.kind === 'secret.accepted' && entry.data.pod === pod && entry.data.notAfterMs !== null,
  );
  if (accepted?.kind !== 'secret.accepted') return null;
  const { notBeforeMs, notAfterMs } = accepted.data;
  return notBeforeMs === null || notAfterMs === null ? null : { notBeforeMs, notAfterMs };
}

function entriesFrom(mesh: Mesh, fromSeq: number): readonly Entry[] {
  const { entries, firstSeq } = mesh.trace;
  return entries.slice(Math.max(0, fromSeq - firstSeq));
}
