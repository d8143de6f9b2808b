import type { ArtefactId } from './artefact.ts';
import type { Check, PodRef } from './entry.ts';

/** Which end of a TLS connection an entry tells of: the two ends know different things at different moments. */
export type TlsSide = 'client' | 'server';

/** Which keys protect a record. */
export type TlsEpoch = 'plaintext' | 'early' | 'handshake' | 'application';

/** One record of a flight. Offsets are into the bytes of the flight. */
export interface TlsRecordEntry {
  readonly start: number;
  readonly end: number;
  readonly outerType: string;
  /** What only the two ends can read. */
  readonly innerType: string;
  readonly epoch: TlsEpoch;
  /** Key updates before it, of application keys. */
  readonly generation: number;
  /** Records before it under the same key; null in plaintext. */
  readonly sequence: number | null;
  readonly padding: number;
  /** Decrypted application data, as an artefact of its own; null for other content. */
  readonly data: ArtefactId | null;
}

/** One whole handshake message of a flight; the artefact holds its plaintext, header and body. */
export interface TlsMessageEntry {
  readonly type: string;
  readonly artefact: ArtefactId;
  readonly epoch: TlsEpoch;
  /** Transcript-Hash after it, hex; null where it is not computed. */
  readonly transcriptHash: string | null;
}

interface OfConnection {
  readonly connection: string;
  readonly side: TlsSide;
}

/** A flight as one side wrote it, or as the other side got it: not the same bytes where somebody stands between. */
export interface TlsFlight extends OfConnection {
  /** Id of the message on the wire. */
  readonly message: string;
  readonly artefact: ArtefactId;
  readonly records: readonly TlsRecordEntry[];
  readonly messages: readonly TlsMessageEntry[];
}

/** What the ends of a TLS connection do and learn. Binary values are lower-case hex. */
export interface TlsEntryData {
  'tls.started': OfConnection & {
    /** `workload`: between two Envoys; `ca`: an agent's CreateCertificate to istiod on 15012. */
    readonly purpose: 'workload' | 'ca';
    /** Actor of this side and of the other. */
    readonly local: string;
    readonly remote: string;
    readonly sourceIp: string;
    readonly sourcePort: number;
    readonly destinationIp: string;
    readonly destinationPort: number;
    readonly serverName: string | null;
    /** Offered by a client, accepted by a server. */
    readonly alpn: readonly string[];
    /** SPIFFE IDs, prefixes or DNS names that the other side must prove; empty: any of a trusted root. */
    readonly expects: readonly string[];
    /** Leaf that this side presents, if any. */
    readonly certificate: ArtefactId | null;
    /** Trust anchors of this side. */
    readonly roots: readonly ArtefactId[];
    /** The request an Envoy opens it for; null at a server and for calls. */
    readonly request: string | null;
  };
  'tls.sent': TlsFlight & {
    /** The request inside, as the Envoy knows that sends it; null for everything else. */
    readonly request: string | null;
  };
  'tls.received': TlsFlight;
  /** A secret of the key schedule, from the moment this side can compute it (RFC 9846 section 7.1). */
  'tls.secret': OfConnection & {
    readonly name: string;
    readonly label: string | null;
    readonly context: string | null;
    readonly contextOf: string | null;
    readonly value: string;
    readonly derivedFrom: readonly string[];
    readonly generation: number;
    readonly keyLogLabel: string | null;
    readonly clientRandom: string;
  };
  /** Keys come into use for one direction. */
  'tls.keyed': OfConnection & {
    readonly direction: 'sent' | 'received';
    readonly epoch: Exclude<TlsEpoch, 'plaintext'>;
    readonly generation: number;
    readonly derivedFrom: string;
    readonly key: string;
    readonly iv: string;
  };
  /** A check that this side made of what the other sent. */
  'tls.verified': OfConnection & {
    readonly of: 'certificate' | 'certificate-verify' | 'finished' | 'binder';
    readonly ok: boolean;
    readonly checks: readonly Check[];
    /** Certificates as they came, leaf first; for `certificate` only. */
    readonly chain: readonly ArtefactId[];
    /** What was proven, for example a SPIFFE ID. */
    readonly identity: string | null;
    /** In the words of BoringSSL or Envoy; null where it holds. */
    readonly text: string | null;
    readonly scheme: string | null;
    /** `certificate-verify`: the signed content. `finished`, `binder`: the MAC this side expects. */
    readonly expected: string | null;
    /** The signature or MAC that came. */
    readonly received: string | null;
  };
  'tls.established': OfConnection & {
    readonly cipherSuite: string;
    readonly group: string;
    readonly signatureScheme: string | null;
    readonly alpn: string | null;
    readonly serverName: string | null;
    readonly peer: string | null;
    readonly resumed: boolean;
    readonly earlyData: 'not-offered' | 'accepted' | 'rejected';
  };
  'tls.alert': OfConnection & {
    readonly direction: 'sent' | 'received';
    readonly level: 'warning' | 'fatal';
    readonly description: string;
    readonly code: number;
    readonly epoch: TlsEpoch;
    /** What this side found wrong; null for what the other announced. */
    readonly rule: string | null;
    readonly reason: string | null;
    readonly section: string | null;
  };
  'tls.ticket': OfConnection & {
    readonly direction: 'sent' | 'received';
    readonly lifetimeSeconds: number;
    readonly maxEarlyData: number;
  };
  /** Whether an offered ticket was taken, and what a resumption therefore does not look at again. */
  'tls.resumption': OfConnection & { readonly accepted: boolean; readonly reason: string | null };
  'tls.early-data': OfConnection & { readonly accepted: boolean; readonly reason: string | null };
  'tls.keys-updated': OfConnection & {
    readonly direction: 'sent' | 'received';
    readonly generation: number;
  };
  'tls.closed': OfConnection & { readonly how: 'clean' | 'alert' | 'truncated' };
  /** Somebody between the two ends did something to a flight. */
  'tls.tampered': {
    readonly connection: string;
    readonly by: string;
    readonly action: 'flip' | 'drop' | 'replay' | 'replace';
    /** The message on the wire that it was done to. */
    readonly message: string;
    /** Offset of the changed octet in the flight; null where none is changed. */
    readonly offset: number | null;
  };
  /** A line of Envoy's access log in Istio's default format. */
  'access.logged': {
    readonly pod: PodRef;
    readonly direction: 'inbound' | 'outbound';
    readonly connection: string | null;
    readonly status: number;
    readonly flags: string;
    readonly details: string;
    readonly transportFailure: string | null;
    readonly line: string;
  };
  /** A debug line of Envoy's connection log: where a server's refusal of a client stands. */
  'connection.logged': { readonly pod: PodRef; readonly connection: string; readonly line: string };
  /** One more in a counter of Envoy, by its full name. */
  'stats.counted': { readonly pod: PodRef; readonly stat: string; readonly value: number };
}
