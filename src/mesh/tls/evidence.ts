import { toHex } from '../../core/bytes/index.ts';
import type { Certificate } from '../../core/pki/index.ts';
import type {
  Direction,
  MessageEvent,
  RecordEvent,
  TlsEvent,
  VerificationEvent,
} from '../../core/tls/index.ts';
import type {
  ArtefactId,
  ArtefactKind,
  EntryData,
  TlsMessageEntry,
  TlsRecordEntry,
  TlsSide,
} from '../../trace/index.ts';
import type { World } from '../world.ts';

/** Whose view of which connection is told. */
export interface Narrator {
  readonly connection: string;
  readonly side: TlsSide;
  /** Actor that learns it. */
  readonly actor: string;
  readonly pod: string | null;
  /** What application data is. */
  readonly dataKind: 'http' | 'http2';
}

/**
 * The parts of a flight that went in one direction, with an artefact for each message and piece of data.
 * `carried` is the message inside the data, where it is told of by itself.
 */
export function flightParts(
  world: World,
  narrator: Narrator,
  events: readonly TlsEvent[],
  direction: Direction,
  offset: number,
  carried: ArtefactId | null,
): { readonly records: TlsRecordEntry[]; readonly messages: TlsMessageEntry[]; readonly length: number } {
  const records: TlsRecordEntry[] = [];
  const messages: TlsMessageEntry[] = [];
  let at = offset;
  for (const event of events) {
    if (event.kind === 'record' && event.direction === direction) {
      records.push(recordEntry(world, narrator, event, at, carried));
      at += event.bytes.length;
    }
    if (event.kind === 'message' && event.direction === direction)
      messages.push(messageEntry(world, narrator, event));
  }
  return { records, messages, length: at - offset };
}

function recordEntry(
  world: World,
  narrator: Narrator,
  record: RecordEvent,
  start: number,
  carried: ArtefactId | null,
): TlsRecordEntry {
  const { outerType, innerType, epoch, generation, sequence, padding, content } = record;
  const isData = innerType === 'application_data';
  return {
    start: Math.max(0, start),
    end: start + record.bytes.length,
    outerType,
    innerType,
    epoch,
    generation,
    sequence,
    padding,
    data: isData ? put(world, narrator, narrator.dataKind, content, carried) : null,
  };
}

function messageEntry(world: World, narrator: Narrator, message: MessageEvent): TlsMessageEntry {
  const { type, bytes, epoch, transcriptHash } = message;
  return {
    type,
    artefact: put(world, narrator, 'tls-message', bytes),
    epoch,
    transcriptHash: transcriptHash === null ? null : toHex(transcriptHash),
  };
}

function put(
  world: World,
  { actor, pod }: Narrator,
  kind: ArtefactKind,
  bytes: Uint8Array,
  message: ArtefactId | null = null,
): ArtefactId {
  return world.artefacts.put({ kind, owner: actor, pod, bytes, refs: message === null ? {} : { message } });
}

/** Appends what one side learned, in the order in which it did. Flights are told by who sends and receives them. */
export function tellEvents(world: World, narrator: Narrator, events: readonly TlsEvent[]): void {
  for (const event of events) {
    if (world.tlsEvidence === 'full' || event.kind === 'handshake' || event.kind === 'alert')
      tellEvent(world, narrator, event);
  }
}

function tellEvent(world: World, narrator: Narrator, event: TlsEvent): void {
  const { connection, side, actor } = narrator;
  const of = { connection, side };
  const { trace } = world;
  switch (event.kind) {
    case 'secret':
      return void trace.append(actor, 'tls.secret', { ...of, ...secretData(event) });
    case 'traffic-key': {
      const { direction, epoch, generation, derivedFrom, key, iv } = event;
      const keys = { key: toHex(key), iv: toHex(iv) };
      return void trace.append(actor, 'tls.keyed', {
        ...of,
        direction,
        epoch,
        generation,
        derivedFrom,
        ...keys,
      });
    }
    case 'verification':
      return void trace.append(actor, 'tls.verified', { ...of, ...verifiedData(world, narrator, event) });
    case 'handshake': {
      const { cipherSuite, group, peerSignatureScheme, alpn, serverName, peerIdentity } = event.session;
      const { resumed, earlyData } = event.session;
      return void trace.append(actor, 'tls.established', {
        ...of,
        cipherSuite,
        group,
        signatureScheme: peerSignatureScheme,
        alpn,
        serverName,
        peer: peerIdentity,
        resumed,
        earlyData,
      });
    }
    case 'alert': {
      const { direction, level, description, code, epoch, fault } = event;
      return void trace.append(actor, 'tls.alert', {
        ...of,
        direction,
        level,
        description,
        code,
        epoch,
        rule: fault?.rule ?? null,
        reason: fault?.reason ?? null,
        section: fault?.section ?? null,
      });
    }
    case 'ticket': {
      const { lifetimeSeconds, maxEarlyData } = event.ticket;
      const direction = 'received';
      return void trace.append(actor, 'tls.ticket', { ...of, direction, lifetimeSeconds, maxEarlyData });
    }
    case 'resumption':
      return void trace.append(actor, 'tls.resumption', {
        ...of,
        accepted: event.accepted,
        reason: event.reason,
      });
    case 'early-data':
      return void trace.append(actor, 'tls.early-data', {
        ...of,
        accepted: event.accepted,
        reason: event.reason,
      });
    case 'keys-updated':
      return void trace.append(actor, 'tls.keys-updated', {
        ...of,
        direction: event.direction,
        generation: event.generation,
      });
    case 'closed':
      return void trace.append(actor, 'tls.closed', { ...of, how: event.how });
    case 'record':
    case 'message':
    case 'data':
      return;
  }
}

function secretData(event: Extract<TlsEvent, { kind: 'secret' }>) {
  const { name, label, context, contextOf, value, derivedFrom, generation, keyLogLabel, clientRandom } =
    event;
  return {
    name,
    label,
    context: context === null ? null : toHex(context),
    contextOf,
    value: toHex(value),
    derivedFrom,
    generation,
    keyLogLabel,
    clientRandom: toHex(clientRandom),
  };
}

type Verified = Omit<EntryData['tls.verified'], 'connection' | 'side'>;

function verifiedData(world: World, narrator: Narrator, event: VerificationEvent): Verified {
  const { of, ok, checks } = event;
  const base = { of, ok, checks, chain: [], identity: null, text: null, scheme: null };
  if (event.of === 'certificate') {
    const { verdict, chain } = event;
    return {
      ...base,
      chain: chain.map((certificate) => certificateArtefact(world, narrator, certificate)),
      identity: verdict.ok ? verdict.identity : null,
      text: verdict.ok ? null : verdict.text,
      expected: null,
      received: null,
    };
  }
  if (event.of === 'certificate-verify') {
    const { scheme, content, signature } = event;
    return { ...base, scheme, expected: toHex(content), received: toHex(signature) };
  }
  return { ...base, expected: toHex(event.expected), received: toHex(event.received) };
}

/** A certificate that came over the wire: the artefact its issuer made where it is one of this world's. */
function certificateArtefact(world: World, narrator: Narrator, certificate: Certificate): ArtefactId {
  const known = world.knownCertificates.get(certificateKey(certificate));
  if (known !== undefined) return known;
  const artefact = put(world, narrator, 'certificate', certificate.der);
  world.knownCertificates.set(certificateKey(certificate), artefact);
  return artefact;
}

/** Artefacts of trusted certificates. */
export function anchorsOf({ knownCertificates }: World, roots: readonly Certificate[]): ArtefactId[] {
  return roots.flatMap((root) => knownCertificates.get(certificateKey(root)) ?? []);
}

/** The signature of a certificate is its own. */
export function certificateKey({ signature }: Certificate): string {
  return toHex(signature.subarray(-32));
}
