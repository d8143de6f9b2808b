/** How a value of a policy field is compared (istio: pilot/pkg/security/authz/matcher/string.go). */
export type MatchKind = 'exact' | 'prefix' | 'suffix' | 'presence';

/** The kind a written value has: `*` presence, `*abc` suffix, `abc*` prefix, anything else exact. */
export function matchKindOf(written: string): MatchKind {
  if (written === '*') return 'presence';
  if (written.startsWith('*')) return 'suffix';
  return written.endsWith('*') ? 'prefix' : 'exact';
}

/**
 * Whether a value of a policy matches a text. A `*` elsewhere than at one end has no meaning: `*a*` is the suffix `a*`.
 *
 * @param written - as in the policy
 * @param actual - what the request shows
 */
export function matchesValue(written: string, actual: string): boolean {
  switch (matchKindOf(written)) {
    case 'presence':
      return actual !== '';
    case 'suffix':
      return actual.endsWith(written.slice(1));
    case 'prefix':
      return actual.startsWith(written.slice(0, -1));
    case 'exact':
      return actual === written;
  }
}

/** Whether a text matches a pattern in which every `*` stands for any run of characters. Linear in time. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === pattern;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
