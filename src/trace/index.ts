export type { Artefact, ArtefactId, ArtefactKind } from './artefact.ts';
export type {
  Check,
  DecisionPoint,
  Entry,
  EntryData,
  EntryKind,
  EntryOf,
  GrpcStatus,
  MessageProtocol,
  Notice,
  PodRef,
} from './entry.ts';
export type { TlsEpoch, TlsFlight, TlsMessageEntry, TlsRecordEntry, TlsSide } from './tls-entry.ts';
export type { BlastVerifier, Custody, RevokedEntry } from './trust-entry.ts';
export { TraceLog, type TraceLogOptions } from './log.ts';
export { ArtefactStore, type ArtefactStoreOptions } from './store.ts';
