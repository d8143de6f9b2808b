import type { Certificate, KeyPair } from '../core/pki/index.ts';
import type { VirtualClock } from '../sim/index.ts';
import type { ArtefactId, PodRef } from '../trace/index.ts';
import { Alarms } from './alarms.ts';
import type { CaChannel } from './ca/channel.ts';
import type { KeptCrl } from './trust/control-plane.ts';
import {
  istioInbound,
  type InboundSettings,
  type PresentedCredential,
  type TlsContext,
} from './tls/envoy-context.ts';

/** One for all, so that a context made without lists is known again. */
const noCrls: readonly KeptCrl[] = [];

/** The secrets that Envoy asks its agent for. */
export type SecretName = 'default' | 'ROOTCA';

/** The projected token file of a pod, as kubelet last wrote it. */
export interface TokenFile {
  readonly jwt: string;
  readonly artefact: ArtefactId;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** A key and the request made with it, before any answer. */
export interface PendingIdentity {
  readonly keyPair: KeyPair;
  readonly keyPem: string;
  readonly keyArtefact: ArtefactId;
  readonly csrPem: string;
  readonly csrArtefact: ArtefactId;
}

/** What istio-agent keeps in memory and nowhere else. */
export interface AgentSecret {
  readonly keyPem: string;
  readonly keyArtefact: ArtefactId;
  readonly csrPem: string;
  /** Every element of `cert_chain` joined, the root included: Envoy is given it whole. */
  readonly chainPem: string;
  readonly rootPem: string;
  readonly leaf: Certificate;
  readonly certificateArtefact: ArtefactId;
  readonly spiffeId: string;
  readonly createdAtMs: number;
  readonly notAfterMs: number;
  readonly version: string;
}

/** The TLS context Envoy uses for new connections. */
export interface EnvoySecret {
  readonly chain: readonly Certificate[];
  readonly chainPem: string;
  readonly keyPem: string;
  readonly certificateArtefact: ArtefactId;
  readonly spiffeId: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Imported at the first handshake that needs it. */
  keyPair: Promise<KeyPair> | null;
}

/** Key material and documents of one pod. They live beside the machines, whose contexts stay flat and free of keys. */
export interface PodRuntime {
  token: TokenFile | null;
  pending: PendingIdentity | null;
  agent: AgentSecret | null;
  /** The SDS stream on which Envoy asked the agent for each secret; null before it asked. */
  readonly subscriptions: Record<SecretName, string | null>;
  renewalDueMs: number | null;
  /** The agent's connection to istiod; null before its first call and when it was idle for long. */
  caChannel: CaChannel | null;
  envoy: EnvoySecret | null;
  envoyRoots: readonly Certificate[] | null;
  envoyRootPem: string | null;
  /** Lists by which Envoy judges peers; empty where it has none. */
  envoyCrls: readonly KeptCrl[];
  /** The mounted file `ca-crl.pem`, and roots of the mesh configuration that the agent was sent. */
  crls: readonly KeptCrl[];
  extraRootsPem: string | null;
  readonly alarms: Alarms;
  /** What Envoy made of its secrets; made anew when one of them changes. */
  tls: TlsContext | null;
  /** Shown instead of what SDS gave: an Envoy in an attacker's hands. */
  presented: PresentedCredential | null;
  /** How its inbound chain differs from Istio's. */
  serving: InboundSettings;
}

/** Material of all pods of a run, by pod. */
export class Runtimes {
  readonly #byPod = new Map<PodRef, PodRuntime>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  of(pod: PodRef): PodRuntime {
    let runtime = this.#byPod.get(pod);
    if (runtime === undefined) {
      runtime = {
        token: null,
        pending: null,
        agent: null,
        subscriptions: { default: null, ROOTCA: null },
        renewalDueMs: null,
        caChannel: null,
        envoy: null,
        envoyRoots: null,
        envoyRootPem: null,
        envoyCrls: noCrls,
        crls: [],
        extraRootsPem: null,
        alarms: new Alarms(this.#clock),
        tls: null,
        presented: null,
        serving: istioInbound,
      };
      this.#byPod.set(pod, runtime);
    }
    return runtime;
  }

  peek(pod: PodRef): PodRuntime | undefined {
    return this.#byPod.get(pod);
  }

  drop(pod: PodRef): void {
    this.#byPod.get(pod)?.alarms.cancelAll();
    this.#byPod.delete(pod);
  }
}
