import type { ArtefactId } from '../../trace/artefact.ts';

/** A part of the fleet that has something in common: the anchors it trusts, or the CA its leaves are from. */
export interface Band {
  readonly key: string;
  /** Names of the CAs: those whose certificates are the anchors, or the one that signed. */
  readonly authorities: readonly string[];
  /** The anchors; or the certificates of the CA that leaves of this band were signed with. */
  readonly certificates: readonly ArtefactId[];
}

/** The fleet from a moment on, until the next sample. */
export interface RolloutSample {
  /** The entry that brought it about. */
  readonly seq: number;
  readonly atMs: number;
  /** Ready pods in the mesh. */
  readonly ready: number;
  /** How many of them stand in each band, in the order of the bands; bands that came later are missing. */
  readonly anchors: readonly number[];
  readonly issuers: readonly number[];
}

export interface RolloutEvent {
  readonly seq: number;
  readonly atMs: number;
}

/** How trust and issuance moved through the fleet over the whole trace. */
export interface RolloutModel {
  /** Grows with every change. */
  count: number;
  epochMs: number;
  readonly anchorBands: Band[];
  readonly issuerBands: Band[];
  readonly samples: RolloutSample[];
  readonly refusedConnections: RolloutEvent[];
  readonly failedRequests: RolloutEvent[];
  /** Connections that a peer accepted on a forged certificate, or on a stolen one shown by somebody else. */
  readonly acceptedForgeries: RolloutEvent[];
}

/** The last sample or event before a cursor: its index, or -1. */
export function lastBefore(of: readonly { readonly seq: number }[], cursor: number): number {
  let [low, high] = [0, of.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((of[middle]?.seq ?? Infinity) < cursor) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
