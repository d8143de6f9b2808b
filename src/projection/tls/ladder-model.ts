import type { ArtefactId } from '../../trace/artefact.ts';
import type { Check } from '../../trace/entry.ts';
import type { TlsEntryData, TlsEpoch, TlsRecordEntry, TlsSide } from '../../trace/tls-entry.ts';

/** Who stands where on the ladder, from left to right. */
export type Lane = 'client-app' | 'client' | 'server' | 'server-app';

/** The steps of the story, in order. A connection without apps at its ends skips theirs. */
export type Phase =
  | 'plain-request'
  | 'client-hello'
  | 'server-flight'
  | 'client-checks'
  | 'client-proof'
  | 'client-finished'
  | 'server-checks'
  | 'channel'
  | 'request'
  | 'delivery'
  | 'answer'
  | 'plain-answer';

interface Placed {
  /** Stays the same as long as the row is about the same thing. */
  readonly key: string;
  /** Null for what comes beside the story: tickets, key updates, alerts. */
  readonly phase: Phase | null;
  /** The row stands there as soon as this entry is shown. */
  readonly seq: number;
  /** The row is complete when this entry is shown; `seq` at least. */
  readonly doneSeq: number;
  readonly atMs: number;
}

/** What has become of something that was sent. */
export interface Arrival {
  readonly seq: number;
  readonly atMs: number;
}

/** A plain HTTP message between an app and its own Envoy. */
export interface PlainRow extends Placed {
  readonly kind: 'plain';
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  readonly artefact: ArtefactId;
  readonly size: number;
  readonly arrived: Arrival | null;
}

/** Something inside a flight that has a name of its own. */
export interface Part {
  readonly kind: 'message' | 'change_cipher_spec' | 'alert' | 'application_data';
  /** `ClientHello`, `Certificate` …; the content type of what is no handshake message. */
  readonly name: string;
  /** Its plaintext; null where none is kept. */
  readonly artefact: ArtefactId | null;
}

/** An alert as the one who sent it meant it. */
export interface AlertMeaning {
  readonly description: string;
  readonly code: number;
  readonly level: 'warning' | 'fatal';
  readonly rule: string | null;
  readonly reason: string | null;
  readonly section: string | null;
}

export interface Tampering {
  readonly seq: number;
  readonly action: TlsEntryData['tls.tampered']['action'];
  readonly by: string;
  /** Offset into the flight. */
  readonly offset: number | null;
}

/** Records of one flight that belong together: one arrow. */
export interface TlsRow extends Placed {
  readonly kind: 'tls';
  readonly from: TlsSide;
  /** Id of the message on the wire. */
  readonly message: string;
  /** What the message is called on the stage. */
  readonly label: string;
  readonly flight: ArtefactId;
  readonly epoch: TlsEpoch;
  readonly parts: readonly Part[];
  /** Places in the flight's list of records. */
  readonly firstRecord: number;
  readonly records: readonly TlsRecordEntry[];
  readonly size: number;
  readonly arrived: Arrival | null;
  /** The flight as it came; the same artefact's bytes where nobody stood between. */
  readonly arrivedFlight: ArtefactId | null;
  /** Whether the receiver could read what is inside. */
  readonly understood: boolean;
  readonly dropped: (Arrival & { readonly reason: string }) | null;
  readonly tampering: Tampering | null;
  readonly alert: AlertMeaning | null;
}

export interface VerificationItem {
  readonly seq: number;
  readonly of: TlsEntryData['tls.verified']['of'];
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly chain: readonly ArtefactId[];
  readonly identity: string | null;
  readonly text: string | null;
  readonly scheme: string | null;
  readonly expected: string | null;
  readonly received: string | null;
}

/** Everything one side checked of what the other sent, in a row. */
export interface VerificationRow extends Placed {
  readonly kind: 'verification';
  readonly side: TlsSide;
  readonly ok: boolean;
  readonly items: readonly VerificationItem[];
}

/** Keys that exist from here on. */
export interface KeysRow extends Placed {
  readonly kind: 'keys';
  readonly epoch: 'handshake' | 'application';
}

/** A side considers the handshake done. */
export interface DoneRow extends Placed {
  readonly kind: 'done';
  readonly side: TlsSide;
  readonly data: TlsEntryData['tls.established'];
}

/** Whether a ticket or early data was taken. */
export interface ResumptionRow extends Placed {
  readonly kind: 'resumption';
  readonly side: TlsSide;
  readonly of: 'ticket' | 'early-data';
  readonly accepted: boolean;
  readonly reason: string | null;
}

/** The transport ended without close_notify. */
export interface CutRow extends Placed {
  readonly kind: 'cut';
  readonly side: TlsSide;
}

export type LadderRow = PlainRow | TlsRow | VerificationRow | KeysRow | DoneRow | ResumptionRow | CutRow;
