import type { Check } from '../../trace/entry.ts';
import type { VerificationItem } from './ladder-model.ts';

/** What a group of checks is about, in the order in which people ask. */
export type Question = 'chain' | 'time' | 'role' | 'name' | 'key' | 'transcript' | 'ticket';

export interface VerdictLine {
  readonly question: Question;
  readonly ok: boolean;
  /** The check that failed; null where all held. */
  readonly failed: Check | null;
}

const order: readonly Question[] = ['chain', 'time', 'role', 'name', 'key', 'transcript', 'ticket'];

const byId: Readonly<Record<string, Question>> = {
  'path.validity': 'time',
  'anchor.validity': 'time',
  'path.purpose': 'role',
  'leaf.keyUsage': 'role',
  'leaf.purpose': 'role',
  'svid.notCa': 'role',
  'svid.keyCertSign': 'role',
  'svid.cRLSign': 'role',
  'svid.uri': 'name',
  'svid.id': 'name',
  'peer.name': 'name',
};

/** The checks of one side in a few lines: what holds, and the first thing that does not. */
export function verdictLines(items: readonly VerificationItem[]): VerdictLine[] {
  const lines = new Map<Question, VerdictLine>();
  for (const { of, ok, checks } of items) {
    for (const check of checks) {
      const question = questionOf(of, check.id);
      const known = lines.get(question);
      const failed = known?.failed ?? (check.ok ? null : check);
      lines.set(question, { question, ok: failed === null, failed });
    }
    const own = questionOf(of, '');
    if (of !== 'certificate' && !lines.has(own)) lines.set(own, { question: own, ok, failed: null });
  }
  return order.flatMap((question) => lines.get(question) ?? []);
}

function questionOf(of: VerificationItem['of'], id: string): Question {
  if (of === 'certificate-verify') return 'key';
  if (of === 'finished') return 'transcript';
  return of === 'binder' ? 'ticket' : (byId[id] ?? 'chain');
}
