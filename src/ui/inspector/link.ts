import { targetKey, type Target } from '../player/target.ts';

const parameter = 'inspect';

/** An address that also says what is open in the inspector. */
export function linkTo(target: Target, address: string): string {
  const separator = (address.split('#')[1] ?? '').includes('?') ? '&' : '?';
  return `${address}${separator}${parameter}=${encodeURIComponent(targetKey(target))}`;
}

/** What an address wants open in the inspector; null where it says nothing, or nothing that could be. */
export function targetIn(address: string): Target | null {
  const query = (address.split('#')[1] ?? '').split('?')[1] ?? '';
  const wish = new URLSearchParams(query).get(parameter);
  return wish === null ? null : parseTarget(wish);
}

function parseTarget(text: string): Target | null {
  const colon = text.indexOf(':');
  const name = text.slice(colon + 1);
  if (colon < 0 || name === '') return null;
  switch (text.slice(0, colon)) {
    case 'pod':
      return { type: 'pod', pod: name };
    case 'actor':
      return { type: 'actor', actor: name };
    case 'node':
      return { type: 'node', node: name };
    case 'artefact':
      return { type: 'artefact', id: name };
    case 'message':
      return { type: 'message', message: name };
    case 'authority':
      return { type: 'authority', authority: name };
    case 'policy':
      return { type: 'policy', policy: name };
    case 'handshake':
      return { type: 'handshake', connection: name };
    case 'connection': {
      const [from, to] = name.split('>');
      return from && to ? { type: 'connection', from, to, connection: null } : null;
    }
    case 'entry':
      return /^\d{1,9}$/.test(name) ? { type: 'entry', seq: Number(name) } : null;
    default:
      return null;
  }
}
