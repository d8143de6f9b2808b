import type { AuthorityView } from '../../projection/trust/view.ts';
import type { TextKey } from './texts.svelte.ts';

export type Say = (key: TextKey, params?: Readonly<Record<string, string | number>>) => string;

export interface Line {
  readonly text: string;
  readonly tone: 'plain' | 'bad' | 'strong';
}

interface Context {
  readonly say: Say;
  readonly time: (atMs: number) => string;
  readonly date: (atMs: number) => string;
  /** Envoys that have been told what to trust. */
  readonly judging: number;
}

/** What the card of a CA says, the most urgent first. */
export function authorityLines(authority: AuthorityView, { say, time, date, judging }: Context): Line[] {
  const { current, anchorOf, signsFor, leafCount } = authority;
  const lines: Line[] = urgentLines(authority, say, time);
  const plain = (text: string): void => void lines.push({ text, tone: 'plain' });
  const subject = commonName(current.subject);
  if (subject !== authority.name) plain(subject);
  plain(`${custodyText(authority, say)} · ${say('until', { time: date(current.notAfterMs) })}`);
  const limits = limitsText(authority, say);
  if (limits !== '') plain(limits);
  if (signsFor.length > 0) {
    plain(
      `${say('signs_for', { clusters: signsFor.map(({ name }) => name).join(', ') })} · ${leavesText(leafCount, say)}`,
    );
  }
  if (anchorOf.length > 0) plain(say('in_bundles', { count: anchorOf.length, all: judging }));
  return lines;
}

function urgentLines(
  { stolen, tainted, byAttacker, current }: AuthorityView,
  say: Say,
  time: (atMs: number) => string,
): Line[] {
  const lines: Line[] = [];
  const bad = (text: string): void => void lines.push({ text, tone: 'bad' });
  if (stolen?.when === 'now') bad(say('stolen_now', { time: time(stolen.key.atMs) }));
  if (byAttacker) bad(say('by_attacker'));
  if (tainted) bad(say('below_stolen'));
  if (stolen?.when === 'former') lines.push({ text: say('stolen_former'), tone: 'strong' });
  if (current.state !== 'valid') bad(stateText(current.state, say));
  return lines;
}

export function stateText(state: AuthorityView['current']['state'], say: Say): string {
  switch (state) {
    case 'valid':
      return say('state_valid');
    case 'revoked':
      return say('state_revoked');
    case 'expired':
      return say('state_expired');
    case 'not-yet-valid':
      return say('state_not_yet_valid');
  }
}

export function custodyText({ custody, signsFor }: AuthorityView, say: Say): string {
  if (custody === 'offline') return say('custody_offline');
  if (custody === 'online') return say('custody_online');
  return signsFor.length === 0 ? say('custody_istiod_none') : say('custody_istiod');
}

/** Path length and names; of a root only where it has any, since limits of an anchor bind nobody by default. */
function limitsText({ current }: AuthorityView, say: Say): string {
  const { pathLength, permitted, excluded, issuer } = current;
  const parts: string[] = [];
  if (pathLength !== null) parts.push(say('path_length', { count: pathLength }));
  if (permitted.length > 0) parts.push(say('names_permitted', { names: permitted.join(', ') }));
  if (excluded.length > 0) parts.push(say('names_excluded', { names: excluded.join(', ') }));
  if (permitted.length + excluded.length === 0 && issuer !== null) parts.push(say('names_free'));
  return parts.join(' · ');
}

export function leavesText(count: number, say: Say): string {
  if (count === 0) return say('leaves_none');
  return count === 1 ? say('leaves_one') : say('leaves', { count });
}

/** `Hanok Corp Root CA` of `O=Hanok, CN=Hanok Corp Root CA`; the whole subject where it has no common name. */
export function commonName(subject: string): string {
  return /(?:^|[,/+] *)CN ?= ?([^,+]+)/.exec(subject)?.[1]?.trim() ?? subject;
}

/** `sa/payment` of a SPIFFE ID, as people say it. */
export function accountOf(spiffeId: string): string {
  const parts = spiffeId.split('/');
  return parts.length >= 2 ? parts.slice(-2).join('/') : spiffeId;
}

/** `prod.hanok`. */
export function trustDomainOf(spiffeId: string): string {
  return /^spiffe:\/\/([^/]*)/.exec(spiffeId)?.[1] ?? '';
}
