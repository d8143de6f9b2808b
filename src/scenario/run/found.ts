import { formatDuration } from '../../core/time/duration.ts';

/** What was found where something was expected; a page says it in the reader's language. */
export type Found =
  | {
      readonly type: 'count';
      readonly matching: number;
      /** Entries of the kind with other fields; the fields asked for, of the last of them. */
      readonly others: { readonly count: number; readonly last: string } | null;
    }
  | { readonly type: 'missing'; readonly what: 'pod' | 'request' | 'certificate' }
  | { readonly type: 'identity'; readonly spiffeId: string | null }
  | { readonly type: 'pod'; readonly ready: boolean }
  | {
      readonly type: 'answer';
      readonly outcome: 'allowed' | 'refused' | 'failed';
      readonly by: string | null;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly type: 'lifetime'; readonly expired: boolean; readonly ms: number };

/** The same in one line of English. */
export function describeFound(found: Found): string {
  switch (found.type) {
    case 'count': {
      const { matching, others } = found;
      if (others === null) return String(matching);
      const { count, last } = others;
      return `${matching}, besides ${count} other${count === 1 ? '' : 's'}, the last ${last}`;
    }
    case 'missing':
      return found.what === 'certificate' ? 'no certificate' : `no such ${found.what}`;
    case 'identity':
      return found.spiffeId ?? 'none';
    case 'pod':
      return found.ready ? 'ready' : 'not ready';
    case 'answer': {
      const decided = found.by === null ? '' : ` by ${found.by}`;
      return `${found.outcome}${decided}: ${found.status} ${found.reason}`.trimEnd();
    }
    case 'lifetime':
      return found.expired
        ? `expired ${formatDuration(found.ms)} ago`
        : `expires in ${formatDuration(found.ms)}`;
  }
}
