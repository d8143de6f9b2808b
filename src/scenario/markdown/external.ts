import type { Problem } from '../problem.ts';

/** Hosts a lesson may link to: projects, standards and records of what happened. A lesson is untrusted input. */
const externalHosts: readonly string[] = [
  'blog.mozilla.org',
  'cert-manager.io',
  'datatracker.ietf.org',
  'docs.openssl.org',
  'github.com',
  'istio.io',
  'kubernetes.io',
  'rfc-editor.org',
  'security.googleblog.com',
  'spiffe.io',
  'www.envoyproxy.io',
  'www.rfc-editor.org',
];

export type ExternalResult =
  { readonly ok: true; readonly href: string } | { readonly ok: false; readonly problem: Problem };

/** Accepts `https://…` to a host of the allow-list, without credentials or port. */
export function parseExternal(text: string): ExternalResult {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') {
    return refused(`"${text}" is not a plain https link`, 'for example https://istio.io/latest/docs/');
  }
  if (!externalHosts.includes(url.hostname)) {
    return refused(`links to "${url.hostname}" are not allowed`, `allowed: ${externalHosts.join(', ')}`);
  }
  return { ok: true, href: url.href };
}

function refused(message: string, hint: string): ExternalResult {
  return { ok: false, problem: { rule: 'external-link', message, hint } };
}
