import type { Bytes, Span } from '../bytes/index.ts';
import type { Certificate, Check } from '../pki/index.ts';
import type { AlertDescription } from './alert.ts';
import type { PeerVerdict } from './peer/verdict.ts';
import type { TlsSession, TlsTicket } from './session.ts';

export type Direction = 'sent' | 'received';

/** Which keys protect a record; `generation` counts the key updates of application keys. */
export type EpochName = 'plaintext' | 'early' | 'handshake' | 'application';

export type ContentTypeName = 'change_cipher_spec' | 'alert' | 'handshake' | 'application_data';

export type HandshakeTypeName =
  | 'ClientHello'
  | 'ServerHello'
  | 'HelloRetryRequest'
  | 'NewSessionTicket'
  | 'EndOfEarlyData'
  | 'EncryptedExtensions'
  | 'Certificate'
  | 'CertificateRequest'
  | 'CertificateVerify'
  | 'Finished'
  | 'KeyUpdate';

/** A record as it stands on the wire, with what is inside. */
export interface RecordEvent {
  readonly kind: 'record';
  readonly direction: Direction;
  /** Header and fragment. */
  readonly bytes: Bytes;
  /** Over {@link bytes}; empty where `annotate` is off. */
  readonly spans: readonly Span[];
  readonly epoch: EpochName;
  readonly generation: number;
  /** Count of records before it under the same key; null in plaintext. */
  readonly sequence: number | null;
  readonly outerType: ContentTypeName;
  readonly innerType: ContentTypeName;
  /** Content without inner type and padding. */
  readonly content: Bytes;
  /** Zero octets after the inner content type. */
  readonly padding: number;
}

/** A whole handshake message, wherever its records begin and end. */
export interface MessageEvent {
  readonly kind: 'message';
  readonly direction: Direction;
  readonly type: HandshakeTypeName;
  /** Header and body. */
  readonly bytes: Bytes;
  readonly spans: readonly Span[];
  readonly epoch: EpochName;
  /** Transcript-Hash after it (RFC 9846 section 4.4.1); null where `annotate` is off, before the hash is known and after the handshake. */
  readonly transcriptHash: Bytes | null;
}

/** Names of the secrets of RFC 9846 section 7.1, in the order in which they come to exist. */
export type SecretName =
  | 'early_secret'
  | 'binder_key'
  | 'client_early_traffic_secret'
  | 'early_exporter_secret'
  | 'early_derived_secret'
  | 'ecdhe_shared_secret'
  | 'handshake_secret'
  | 'client_handshake_traffic_secret'
  | 'server_handshake_traffic_secret'
  | 'handshake_derived_secret'
  | 'main_secret'
  | 'client_application_traffic_secret'
  | 'server_application_traffic_secret'
  | 'exporter_secret'
  | 'resumption_secret'
  | 'resumption_psk'
  | 'client_finished_key'
  | 'server_finished_key'
  | 'binder_finished_key';

/** A secret, from the moment it exists. */
export interface SecretEvent {
  readonly kind: 'secret';
  readonly name: SecretName;
  /** Of HKDF-Expand-Label without `tls13 `; null where the secret is extracted or agreed. */
  readonly label: string | null;
  /** The context it was derived with: a transcript hash, or the ticket's nonce for `resumption_psk`. */
  readonly context: Bytes | null;
  /** What `context` covers, for example `ClientHello…ServerHello`. */
  readonly contextOf: string | null;
  readonly value: Bytes;
  readonly derivedFrom: readonly (SecretName | 'psk' | 'zero')[];
  /** Of application traffic secrets: how many key updates came before. */
  readonly generation: number;
  /** Label of the NSS key log where it has one. */
  readonly keyLogLabel: string | null;
  /** The client's random, by which a key log finds its connection. */
  readonly clientRandom: Bytes;
}

/** Keys that come into use for one direction. */
export interface TrafficKeyEvent {
  readonly kind: 'traffic-key';
  readonly direction: Direction;
  readonly epoch: Exclude<EpochName, 'plaintext'>;
  readonly generation: number;
  readonly derivedFrom: SecretName;
  readonly key: Bytes;
  readonly iv: Bytes;
}

/** A check one side makes of what the other sent. */
export type VerificationEvent =
  | {
      readonly kind: 'verification';
      readonly of: 'certificate';
      readonly ok: boolean;
      readonly chain: readonly Certificate[];
      readonly checks: readonly Check[];
      readonly verdict: PeerVerdict;
    }
  | {
      readonly kind: 'verification';
      readonly of: 'certificate-verify';
      readonly ok: boolean;
      readonly scheme: string;
      /** What is signed: padding, context string, separator, transcript hash. */
      readonly content: Bytes;
      readonly signature: Bytes;
      readonly checks: readonly Check[];
    }
  | {
      readonly kind: 'verification';
      readonly of: 'finished' | 'binder';
      readonly ok: boolean;
      readonly expected: Bytes;
      readonly received: Bytes;
      readonly checks: readonly Check[];
    };

/** Why a connection failed, for views that explain it. */
export interface TlsFault {
  /** What the peer is told of it. */
  readonly alert: AlertDescription;
  /** Stable name, for example `record.mac`. */
  readonly rule: string;
  /** One English sentence with the values. */
  readonly reason: string;
  /** Clause of RFC 9846, where one asks for this. */
  readonly section: string | null;
  /** For a refused certificate: the evidence. */
  readonly verdict: PeerVerdict | null;
}

export interface AlertEvent {
  readonly kind: 'alert';
  readonly direction: Direction;
  readonly level: 'warning' | 'fatal';
  /** `unknown` for a number no RFC gives a name. */
  readonly description: AlertDescription | 'unknown';
  readonly code: number;
  readonly epoch: EpochName;
  /** What one side found wrong; null for what the other side announced and for a close. */
  readonly fault: TlsFault | null;
}

export type TlsEvent =
  | RecordEvent
  | MessageEvent
  | SecretEvent
  | TrafficKeyEvent
  | VerificationEvent
  | AlertEvent
  | { readonly kind: 'handshake'; readonly session: TlsSession }
  | {
      readonly kind: 'early-data';
      readonly accepted: boolean;
      /** Why not; null where accepted. */
      readonly reason: string | null;
    }
  | {
      readonly kind: 'resumption';
      readonly accepted: boolean;
      readonly reason: string | null;
    }
  | { readonly kind: 'data'; readonly data: Bytes; readonly early: boolean }
  | { readonly kind: 'ticket'; readonly ticket: TlsTicket }
  | {
      readonly kind: 'keys-updated';
      readonly direction: Direction;
      readonly generation: number;
    }
  | {
      readonly kind: 'closed';
      /** `truncated`: the transport ended without close_notify. */
      readonly how: 'clean' | 'alert' | 'truncated';
      /** What this side found wrong, where it did; known here also when no alert could go out any more. */
      readonly fault: TlsFault | null;
    };

/** What a call brought about: bytes for the transport, and what happened in order. */
export interface TlsOutput {
  readonly bytes: Bytes;
  readonly events: readonly TlsEvent[];
}
