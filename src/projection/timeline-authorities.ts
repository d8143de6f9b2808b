import type { Entry, EntryKind, EntryOf } from '../trace/entry.ts';
import type { AuthorityLane, MarkKind, TimelineModel } from './timeline-model.ts';

type Handlers = { readonly [K in EntryKind]?: (model: TimelineModel, entry: EntryOf<K>) => void };

/** Takes an entry into the lanes of CAs; one that is of no concern to them changes nothing. */
export function takeAuthorityEntry(model: TimelineModel, entry: Entry): void {
  const handle = handlers[entry.kind] as ((model: TimelineModel, entry: Entry) => void) | undefined;
  handle?.(model, entry);
}

const handlers: Handlers = {
  'authority.certified': (model, entry) => {
    const { authority, artefact, key, serialNumber, notBeforeMs, notAfterMs, issuer } = entry.data;
    const lane = laneOf(model, authority);
    lane.certificates.push({
      artefact,
      seq: entry.seq,
      serialNumber,
      key,
      fromMs: Math.max(0, notBeforeMs),
      untilMs: notAfterMs,
      revokedAtMs: null,
      stolenAtMs: null,
    });
    mark(lane, entry, 'certified');
    if (issuer !== null || lane.certificates.length > 1) model.trustStory = true;
  },
  'cacerts.loaded': (model, entry) => {
    model.istiod.fromMs ??= entry.atMs;
    mark(laneOf(model, entry.data.authority), entry, 'loaded');
    if (entry.data.change !== 'initial') model.trustStory = true;
  },
  'key.stolen': (model, entry) => {
    if (entry.data.of !== 'authority') return;
    const lane = laneOf(model, entry.data.holder);
    for (const bar of lane.certificates) {
      if (bar.key === entry.data.key) bar.stolenAtMs ??= entry.atMs;
    }
    mark(lane, entry, 'stolen');
    model.trustStory = true;
  },
  'certificate.revoked': (model, entry) => {
    mark(laneOf(model, entry.data.authority), entry, 'revoked');
    for (const { certificates } of model.authorities) {
      for (const bar of certificates) {
        if (bar.artefact === entry.data.certificate) bar.revokedAtMs ??= entry.atMs;
      }
    }
    model.trustStory = true;
  },
  'crl.published': (model, entry) => {
    mark(laneOf(model, entry.data.authority), entry, 'crl');
    model.trustStory = true;
  },
};

function mark(lane: AuthorityLane, { seq, atMs }: Entry, kind: MarkKind): void {
  lane.marks.push({ seq, atMs, kind });
}

function laneOf(model: TimelineModel, name: string): AuthorityLane {
  const known = model.authorities.find((lane) => lane.name === name);
  if (known !== undefined) return known;
  const lane: AuthorityLane = { name, certificates: [], marks: [] };
  model.authorities.push(lane);
  return lane;
}
