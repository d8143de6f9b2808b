import type { AuthorityLane, Mark, PodLife, TimelineModel } from '../../projection/timeline-model.ts';

export const rowHeight = 28;
const firstRowTop = 4;

/** One row on the screen: istiod's, a CA's, or pods of a workload that never lived at the same time. */
export interface Row {
  readonly key: string;
  readonly kind: 'istiod' | 'authority' | 'pods';
  /** Set on the first row of a workload. */
  readonly name: string | null;
  readonly namespace: string;
  readonly detail: string;
  readonly pods: readonly PodLife[];
  readonly authority: AuthorityLane | null;
  readonly top: number;
}

/** The rows of a timeline from top to bottom. */
export function rowsOf(model: TimelineModel, istiodName: string, podsText: (count: number) => string): Row[] {
  const rows: Row[] = [];
  const push = (row: Omit<Row, 'top' | 'authority'>, authority: AuthorityLane | null = null): void => {
    rows.push({ ...row, authority, top: firstRowTop + rows.length * rowHeight });
  };
  if (model.istiod.fromMs !== null) {
    push({ key: 'istiod', kind: 'istiod', name: istiodName, namespace: '', detail: '', pods: [] });
  }
  for (const authority of model.trustStory ? model.authorities : []) {
    const key = `authority ${authority.name}`;
    push({ key, kind: 'authority', name: authority.name, namespace: '', detail: 'CA', pods: [] }, authority);
  }
  for (const lane of model.lanes) {
    lane.rows.forEach((row, index) => {
      const [only] = row.pods;
      const suffix = only?.ref.slice(only.ref.lastIndexOf('-') + 1) ?? '';
      push({
        key: `${lane.namespace}/${lane.workload}/${index}`,
        kind: 'pods',
        name: index === 0 ? lane.workload : null,
        namespace: lane.namespace,
        detail: row.pods.length > 1 ? podsText(row.pods.length) : lane.rows.length > 1 ? `…${suffix}` : '',
        pods: row.pods,
      });
    });
  }
  return rows;
}

/** What a pointer is over. */
export type Hit =
  | { readonly type: 'mark'; readonly mark: Mark; readonly x: number }
  | { readonly type: 'ca'; readonly authority: AuthorityLane; readonly index: number }
  | { readonly type: 'certificate'; readonly pod: PodLife; readonly index: number };

const reachPx = 6;

/** The mark nearest to a point of a row, within a fingertip's reach, or else the certificate that lies there. */
export function hitRow(
  row: Row,
  model: TimelineModel,
  xPx: number,
  yInRow: number,
  timeOf: (xPx: number) => number,
): Hit | null {
  const [from, until] = [timeOf(xPx - reachPx), timeOf(xPx + reachPx)];
  const at = timeOf(xPx);
  const lists =
    row.kind === 'istiod'
      ? [model.istiod.marks]
      : [...row.pods, ...(row.authority === null ? [] : [row.authority])].map(({ marks }) => marks);
  let best: Mark | null = null;
  for (const marks of lists) {
    for (let index = firstAtOrAfter(marks, from); index < marks.length; index += 1) {
      const mark = marks[index];
      if (mark === undefined || mark.atMs > until) break;
      if (best === null || Math.abs(mark.atMs - at) <= Math.abs(best.atMs - at)) best = mark;
    }
  }
  if (best !== null) return { type: 'mark', mark: best, x: xPx };
  if (yInRow > 18) return null;
  if (row.authority !== null) {
    const { certificates } = row.authority;
    const index = certificates.findLastIndex(({ fromMs, untilMs }) => fromMs <= at && at <= untilMs);
    return index < 0 ? null : { type: 'ca', authority: row.authority, index };
  }
  for (const pod of row.pods) {
    if (at < pod.fromMs || at > (pod.untilMs ?? Infinity)) continue;
    const index = pod.certificates.findLastIndex((bar) => bar.receivedAtMs <= at && bar.notAfterMs >= at);
    if (index >= 0) return { type: 'certificate', pod, index };
  }
  return null;
}

/** Index of the first mark at or after a time; marks stand in the order of time. */
export function firstAtOrAfter(marks: readonly Mark[], atMs: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.atMs ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
