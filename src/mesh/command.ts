import type { PodRef } from '../trace/entry.ts';
import type { FlightName } from './tls/tampering.ts';
import type { TrustCommand } from './trust/command.ts';

/** A reference to a pod: its exact `namespace/name`, or `namespace/workload` for the newest pod of a workload. */
export type PodSelector = string;

export interface RequestCommand {
  readonly from: PodSelector;
  /** `namespace/service`, `namespace/workload`, an exact pod, or an IPv4 address. */
  readonly to: string;
  readonly port?: number;
  readonly method?: string;
  readonly path?: string;
  /** Fields to send beside the client's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many requests to send; 1 unless given. */
  readonly count?: number;
  /** Time between two requests; one second unless given. */
  readonly everyMs?: number;
  /** Keeps the connection open after the answer under this name, so that later requests can use it. */
  readonly hold?: string;
  /** Sends on the connection held under this name instead of opening one. */
  readonly on?: string;
}

export interface CsrCommand {
  readonly pod: PodSelector;
  /** SAN to write into the CSR; the pod's own identity unless given. */
  readonly san?: string;
  readonly ttlMs?: number;
  /** Which token to present. `wrong-audience` and `short-lived` are requested from the API server first. */
  readonly token?: 'own' | 'none' | 'wrong-audience' | 'expired' | 'deleted-pod' | 'forged';
  /** Flips a bit of the CSR's signature. */
  readonly badSignature?: boolean;
}

export interface FaultCommand {
  readonly from: string;
  readonly to: string;
  readonly drop?: boolean;
  readonly delayMs?: number;
}

/** Somebody between two pods changes, drops or repeats the next flight of a name of a TLS connection. */
export interface TamperCommand {
  readonly from: PodSelector;
  readonly to: PodSelector;
  readonly message: FlightName;
  readonly action: 'flip' | 'drop' | 'replay';
  /** Octet of the flight to change. */
  readonly byte?: number;
}

/** What the Envoy of a pod shows from now on: what SDS gives it, or what an attacker who has it would. */
export interface PresentCommand {
  readonly pod: PodSelector;
  readonly certificate:
    | 'own'
    | 'expired'
    | 'other-root'
    | 'other-identity'
    | 'copied'
    | 'self-signed'
    | 'stolen'
    | 'forged'
    | 'none'
    | 'plaintext';
  /** Whose name it bears, and for `other-identity` whose key it is, too; the pod's own unless given. */
  readonly as?: PodSelector;
  /** For `forged`: the CA whose stolen key signs it. */
  readonly key?: string;
  /** For `forged`: the SPIFFE ID it says, instead of that of `as`. */
  readonly id?: string;
}

export interface ServeCommand {
  readonly pod: PodSelector;
  /** `one-way`: clients are not asked for a certificate. */
  readonly tls?: 'mutual' | 'one-way';
  /** Takes 0-RTT data, and gives out tickets that allow it. */
  readonly earlyData?: boolean;
}

/** When to stop advancing, relative to a pod's certificate. Negative offsets lie before the moment. */
export interface MomentOf {
  readonly moment: 'renewal' | 'expiry';
  readonly pod: PodSelector;
  readonly offsetMs: number;
}

/** Everything a lesson, a learner or the command line can do to a mesh. */
export type MeshCommand =
  | { readonly type: 'apply'; readonly yaml: string; readonly file?: string }
  | {
      readonly type: 'apply-files';
      readonly files: readonly { readonly name: string; readonly text: string }[];
    }
  | { readonly type: 'delete'; readonly kind: string; readonly namespace?: string; readonly name: string }
  | { readonly type: 'delete-pod'; readonly pod: PodSelector }
  | { readonly type: 'scale'; readonly workload: string; readonly replicas: number }
  | { readonly type: 'restart'; readonly workload: string }
  | ({ readonly type: 'request' } & RequestCommand)
  | { readonly type: 'close-connection'; readonly connection: string }
  /** `cluster`: whose istiod; the first cluster's unless given. */
  | { readonly type: 'stop-istiod' | 'start-istiod'; readonly cluster?: string }
  | ({ readonly type: 'csr' } & CsrCommand)
  | ({ readonly type: 'fault' } & FaultCommand)
  | ({ readonly type: 'tamper' } & TamperCommand)
  | ({ readonly type: 'present' } & PresentCommand)
  | ({ readonly type: 'serve' } & ServeCommand)
  | { readonly type: 'hijack'; readonly service: string; readonly to: PodSelector }
  | { readonly type: 'update-keys'; readonly connection: string }
  | TrustCommand
  | { readonly type: 'heal' };

/** A command that named something the mesh does not have: a value, not an exception. */
export interface CommandRefusal {
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export type CommandResult =
  | { readonly ok: true; readonly pods: readonly PodRef[] }
  | { readonly ok: false; readonly refusals: readonly CommandRefusal[] };
