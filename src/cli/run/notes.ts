import type { Notice } from '../../trace/index.ts';
import type { ScheduledWorkload, Tally } from './tally.ts';

/** What the author of a manifest should know of what became of it; all but refused pods is known once it is applied. */
export function notesOf(tally: Tally, trustDomain: string): readonly Notice[] {
  return [
    ...tally.notices,
    ...keptNotes(tally),
    ...sidecarNotes(tally),
    ...sharedIdentityNotes(tally, trustDomain),
    ...rejectionNotes(tally),
  ];
}

function keptNotes({ kept }: Tally): Notice[] {
  if (kept.size === 0) return [];
  const kinds = [...kept].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
  return [{ code: 'kind.kept', message: `kept, and not acted upon: ${kinds.join(', ')}` }];
}

function sidecarNotes({ workloads }: Tally): Notice[] {
  const byReason = group(
    [...workloads.values()].filter(({ injected }) => !injected),
    ({ injection }) => injection,
  );
  return [...byReason].map(([reason, bare]) => ({
    code: 'pod.no-sidecar',
    message: `${namesOf(bare)}: no sidecar, and so no identity, because ${reason}`,
    ...(reason.includes('has no label')
      ? { hint: 'give the namespace the label istio-injection: enabled, in a Namespace document' }
      : {}),
  }));
}

function sharedIdentityNotes({ workloads }: Tally, trustDomain: string): Notice[] {
  const onDefault = [...workloads.values()].filter(
    (each) => each.injected && each.serviceAccount === 'default',
  );
  return [...group(onDefault, ({ namespace }) => namespace)].map(([namespace, sharing]) => ({
    code: 'pod.default-account',
    message:
      `${namesOf(sharing)}: on the account "default", and so one identity, ` +
      `spiffe://${trustDomain}/ns/${namespace}/sa/default, with every pod of ${namespace} that names no account`,
    hint: 'give each a ServiceAccount, and name it in serviceAccountName',
  }));
}

function rejectionNotes({ rejections }: Tally): Notice[] {
  return [...rejections].map(([workload, { reason, message }]) => ({
    code: 'pod.rejected',
    message: `${workload}: ${reason}: ${message}`,
  }));
}

function namesOf(workloads: readonly ScheduledWorkload[]): string {
  return workloads.map(({ namespace, workload }) => `${namespace}/${workload}`).join(', ');
}

function group<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
