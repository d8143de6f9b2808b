import type { Entry, EntryOf, Notice } from '../../trace/index.ts';

/** A workload as it was scheduled first. */
export interface ScheduledWorkload {
  readonly namespace: string;
  readonly workload: string;
  readonly serviceAccount: string;
  readonly injected: boolean;
  readonly injection: string;
}

/** Counts what happens in a run as it happens, because long runs do not hold their entries. */
export class Tally {
  events = 0;
  certificatesIssued = 0;
  rotations = 0;
  podsDeleted = 0;
  readonly failures = { renewals: 0, certificateRequests: 0, pods: 0, certificatesExpired: 0 };
  readonly requests = { sent: 0, allowed: 0, refused: 0, failed: 0 };
  readonly notices: Notice[] = [];
  readonly rejections = new Map<string, EntryOf<'pod.rejected'>['data']>();
  readonly workloads = new Map<string, ScheduledWorkload>();
  /** How many objects of each kind are listed and not acted upon. */
  readonly kept = new Map<string, number>();

  take({ kind, data }: Entry): void {
    this.events += 1;
    switch (kind) {
      case 'resource.applied':
        return this.#applied(data);
      case 'pod.scheduled':
        return this.#scheduled(data);
      case 'pod.rejected':
        this.failures.pods += 1;
        this.rejections.set(`${data.namespace}/${data.workload}`, data);
        return;
      case 'pod.deleted':
        this.podsDeleted += 1;
        return;
      case 'certificate.issued':
        this.certificatesIssued += 1;
        return;
      case 'certificate.expired':
        this.failures.certificatesExpired += 1;
        return;
      case 'csr.refused':
        this.failures.certificateRequests += 1;
        return;
      case 'renewal.failed':
        this.failures.renewals += 1;
        return;
      case 'svid.received':
        if (data.generation > 1) this.rotations += 1;
        return;
      case 'request.sent':
        this.requests.sent += 1;
        return;
      case 'request.answered':
        this.requests[data.outcome] += 1;
        return;
      default:
    }
  }

  #applied({ resourceKind, understood, notices }: EntryOf<'resource.applied'>['data']): void {
    this.notices.push(...notices);
    // Kinds with a reason of their own have said it in a notice.
    if (understood !== 'kept' || notices.length > 0) return;
    this.kept.set(resourceKind, (this.kept.get(resourceKind) ?? 0) + 1);
  }

  #scheduled(data: EntryOf<'pod.scheduled'>['data']): void {
    const { pod, workload, serviceAccount, injected, injection } = data;
    const namespace = pod.slice(0, pod.indexOf('/'));
    const key = `${namespace}/${workload}`;
    if (!this.workloads.has(key))
      this.workloads.set(key, { namespace, workload, serviceAccount, injected, injection });
  }
}
