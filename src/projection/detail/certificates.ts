import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, EntryOf, PodRef } from '../../trace/entry.ts';
import { entriesAbout, entriesOfKind } from './trace-index.ts';

/** A certificate as the run came to know it. Times are milliseconds of virtual time. */
export interface KnownCertificate {
  readonly artefact: ArtefactId;
  /** The pod it was issued to; null for a root. */
  readonly pod: PodRef | null;
  /** The SPIFFE ID, or a root's subject. */
  readonly name: string;
  readonly isRoot: boolean;
  readonly serialNumber: string | null;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly issuedAtMs: number;
  /** The how-manieth of its pod; null where no agent asked for it. */
  readonly generation: number | null;
  /** When its agent means to renew it; null where that is not known yet. */
  readonly dueAtMs: number | null;
}

/** Every certificate of the first `cursor` entries, in the order in which they were signed. */
export function certificatesUpTo(entries: readonly Entry[], cursor: number): KnownCertificate[] {
  const roots = entriesOfKind(entries, cursor, 'root.created').map(rootOf);
  const issued = entriesOfKind(entries, cursor, 'certificate.issued').map((entry) =>
    issuedOf(entry, entries, cursor),
  );
  return [...roots, ...issued];
}

/** What the first `cursor` entries tell of one certificate; null where they do not know it. */
export function certificateAt(
  entries: readonly Entry[],
  cursor: number,
  artefact: ArtefactId,
): KnownCertificate | null {
  for (const entry of entriesAbout(entries, cursor, `artefact:${artefact}`)) {
    if (entry.kind === 'root.created') return rootOf(entry);
    if (entry.kind === 'certificate.issued') return issuedOf(entry, entries, cursor);
  }
  return null;
}

/** The certificates that a pod's agent was given, oldest first. */
export function certificatesOfPod(
  entries: readonly Entry[],
  cursor: number,
  pod: PodRef,
): KnownCertificate[] {
  return entriesAbout(entries, cursor, `pod:${pod}`)
    .filter((entry): entry is EntryOf<'svid.received'> => entry.kind === 'svid.received')
    .flatMap(({ data }) => certificateAt(entries, cursor, data.artefact) ?? []);
}

function rootOf({ atMs, data }: EntryOf<'root.created'>): KnownCertificate {
  return {
    artefact: data.artefact,
    pod: null,
    name: data.subject,
    isRoot: true,
    serialNumber: null,
    notBeforeMs: atMs,
    notAfterMs: data.notAfterMs,
    issuedAtMs: atMs,
    generation: null,
    dueAtMs: null,
  };
}

function issuedOf(
  { atMs, data }: EntryOf<'certificate.issued'>,
  entries: readonly Entry[],
  cursor: number,
): KnownCertificate {
  const received = entriesAbout(entries, cursor, `artefact:${data.artefact}`).find(
    (entry): entry is EntryOf<'svid.received'> => entry.kind === 'svid.received',
  );
  return {
    artefact: data.artefact,
    pod: data.pod,
    name: data.spiffeId,
    isRoot: false,
    serialNumber: data.serialNumber,
    notBeforeMs: data.notBeforeMs,
    notAfterMs: data.notAfterMs,
    issuedAtMs: atMs,
    generation: received?.data.generation ?? null,
    dueAtMs: received ? dueAfter(received, entries, cursor) : null,
  };
}

/** The agent plans the renewal as soon as it holds the certificate. */
function dueAfter(
  received: EntryOf<'svid.received'>,
  entries: readonly Entry[],
  cursor: number,
): number | null {
  for (const entry of entriesAbout(entries, cursor, `pod:${received.data.pod}`)) {
    if (entry.seq <= received.seq) continue;
    if (entry.kind === 'svid.received') return null;
    if (entry.kind === 'rotation.scheduled') return entry.data.dueAtMs;
  }
  return null;
}
