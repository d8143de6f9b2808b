import { parseCertificates } from '../../core/pki/index.ts';
import type { Mesh, PodStatus } from '../../mesh/index.ts';
import type { Notice } from '../../trace/index.ts';
import { fullSerial } from '../../scenario/export.ts';
import type { Tally } from './tally.ts';

/** A promise of a lesson that was not kept. */
export interface LessonFailure {
  readonly file: string;
  readonly line: number;
  readonly step: string;
  readonly expected: string;
  readonly seen: string;
}

/** How a lesson went. */
export interface LessonOutcome {
  readonly id: string;
  readonly steps: { readonly done: number; readonly total: number };
  readonly expectations: number;
  readonly failures: readonly LessonFailure[];
}

export interface RunResult {
  readonly inputs: readonly string[];
  /** Null for a mesh. */
  readonly lesson: LessonOutcome | null;
  readonly interrupted: boolean;
  readonly tally: Tally;
  readonly notes: readonly Notice[];
  readonly realMs: number;
  readonly trace: string | null;
  readonly export: { readonly directory: string; readonly files: number } | null;
}

/** What `run --json` prints; documented in the command's help. */
export interface Summary {
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly inputs: readonly string[];
  readonly lesson: LessonOutcome | null;
  readonly seed: number;
  readonly keyType: string;
  readonly trustDomain: string;
  readonly time: {
    readonly begin: string;
    readonly end: string;
    readonly virtualMs: number;
    readonly realMs: number;
  };
  readonly pods: readonly PodSummary[];
  readonly podsDeleted: number;
  readonly certificatesIssued: number;
  readonly rotations: number;
  readonly failures: Tally['failures'];
  readonly requests: Tally['requests'];
  readonly events: number;
  readonly notices: readonly Notice[];
  readonly trace: string | null;
  readonly export: { readonly directory: string; readonly files: number } | null;
}

export interface PodSummary {
  readonly namespace: string;
  readonly name: string;
  readonly workload: string;
  readonly node: string;
  readonly ip: string | null;
  readonly serviceAccount: string;
  readonly injected: boolean;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly spiffeId: string | null;
  readonly certificate: {
    readonly serialNumber: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly expired: boolean;
  } | null;
}

export function summarize(mesh: Mesh, result: RunResult): Summary {
  const { tally, lesson, interrupted, inputs, notes } = result;
  const nowMs = mesh.epochMs + mesh.now();
  return {
    ok: lesson === null || lesson.failures.length === 0,
    interrupted,
    inputs,
    lesson,
    seed: mesh.seed,
    keyType: mesh.settings.keyType,
    trustDomain: mesh.settings.trustDomain,
    time: {
      begin: instant(mesh.epochMs),
      end: instant(nowMs),
      virtualMs: mesh.now(),
      realMs: Math.round(result.realMs),
    },
    pods: inOrder(mesh.pods()).map((pod) => podSummary(mesh, pod, nowMs)),
    podsDeleted: tally.podsDeleted,
    certificatesIssued: tally.certificatesIssued,
    rotations: tally.rotations,
    failures: tally.failures,
    requests: tally.requests,
    events: tally.events,
    notices: notes,
    trace: result.trace,
    export: result.export,
  };
}

function podSummary(mesh: Mesh, status: PodStatus, nowMs: number): PodSummary {
  const { namespace, name, workload, node, ip, serviceAccount, injected } = status;
  const { ready, terminating, spiffeId } = status;
  const who = { namespace, name, workload, node, ip, serviceAccount, injected };
  return { ...who, ready, terminating, spiffeId, certificate: certificateOf(mesh, status.pod, nowMs) };
}

function certificateOf(mesh: Mesh, pod: string, nowMs: number): PodSummary['certificate'] {
  const chain = mesh.material(pod)?.certChainPem ?? null;
  const leaf = chain === null ? undefined : parseCertificates(chain)[0];
  if (leaf === undefined) return null;
  return {
    serialNumber: fullSerial(leaf.serialNumber),
    notBefore: instant(leaf.notBefore.getTime()),
    notAfter: instant(leaf.notAfter.getTime()),
    expired: nowMs > leaf.notAfter.getTime(),
  };
}

function inOrder(pods: readonly PodStatus[]): readonly PodStatus[] {
  return [...pods].sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

/** RFC 3339 to the second. */
function instant(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
