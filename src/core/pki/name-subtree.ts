import { type Bytes } from '../bytes/bytes.ts';
import type { GeneralName } from './general-name.ts';
import { Name } from './name.ts';
import {
  hasPrefixMask,
  isDnsName,
  isHostName,
  isWithinDomain,
  isWithinNetwork,
  type Mailbox,
  splitMailbox,
  uriHost,
} from './name-forms.ts';

/** A name of a certificate, taken apart once to be compared with many subtrees. */
export type NameToCheck =
  | { readonly type: 'uri' | 'dns'; readonly value: string; readonly host: string }
  | { readonly type: 'email'; readonly value: string; readonly mailbox: Mailbox }
  | { readonly type: 'ip'; readonly value: string; readonly bytes: Bytes }
  | { readonly type: 'directory'; readonly value: string; readonly name: Name }
  /** It cannot be compared: constraints of its type refuse it. */
  | { readonly type: GeneralName['type']; readonly value: string; readonly unusable: string };

/** Takes a name apart (RFC 5280 4.2.1.10); what has no usable syntax says so. */
export function nameToCheck({
  type,
  value,
  bytes,
}: Pick<GeneralName, 'type' | 'value' | 'bytes'>): NameToCheck {
  const unusable = (reason: string): NameToCheck => ({ type, value, unusable: reason });
  switch (type) {
    case 'uri': {
      const host = uriHost(value);
      return host === null ? unusable('the URI has no host that is a domain name') : { type, value, host };
    }
    case 'dns':
      return isDnsName(value)
        ? { type, value, host: value.toLowerCase() }
        : unusable('the DNS name has no valid syntax');
    case 'email': {
      const mailbox = splitMailbox(value);
      return mailbox === null ? unusable('the e-mail address has no valid syntax') : { type, value, mailbox };
    }
    case 'ip':
      return { type, value, bytes };
    case 'directory':
      return { type, value, name: Name.fromDer(bytes) };
    default:
      return unusable(`constraints on names of the kind ${type} are not supported`);
  }
}

/** A subtree of a name constraint, ready to be compared. */
export interface Subtree {
  readonly text: string;
  /** Whether the name lies in it. */
  readonly contains: (name: NameToCheck) => boolean;
  /** Whether the name may stand for one that lies in it: a wildcard. */
  readonly touches: (name: NameToCheck) => boolean;
}

/** Takes a subtree apart; a text where RFC 5280 knows no such one. */
export function subtreeOf(base: GeneralName): Subtree | string {
  const value = base.value.toLowerCase();
  const none = () => false;
  switch (base.type) {
    case 'uri': {
      if (!isHostName(value.replace(/^\./, ''))) return `the URI constraint "${base.value}" is no host`;
      const contains = (name: NameToCheck) => 'host' in name && isWithinHost(name.host, value);
      return { text: `URI:${base.value}`, contains, touches: none };
    }
    case 'dns': {
      if (value !== '' && !isHostName(value)) return `the DNS constraint "${base.value}" is no domain`;
      const above = `*${value.slice(value.indexOf('.'))}`;
      return {
        text: `DNS:${base.value}`,
        contains: (name) => 'host' in name && isWithinDomain(name.host, value),
        touches: (name) => 'host' in name && value.includes('.') && name.host === above,
      };
    }
    case 'email': {
      const mailbox = splitMailbox(base.value);
      if (mailbox === null && !isHostName(value.replace(/^\./, ''))) {
        return `the e-mail constraint "${base.value}" is none`;
      }
      const contains = (name: NameToCheck) =>
        'mailbox' in name && isWithinMail(name.mailbox, mailbox ?? value);
      return { text: `email:${base.value}`, contains, touches: none };
    }
    case 'ip': {
      if (!hasPrefixMask(base.bytes)) return `the mask of ${base.value} is no prefix`;
      const contains = (name: NameToCheck) => 'bytes' in name && isWithinNetwork(name.bytes, base.bytes);
      return { text: `IP:${base.value}`, contains, touches: none };
    }
    case 'directory': {
      const above = Name.fromDer(base.bytes);
      const contains = (name: NameToCheck) => 'name' in name && name.name.startsWith(above);
      return { text: `DirName:${base.value}`, contains, touches: none };
    }
    default:
      return { text: base.type, contains: none, touches: none };
  }
}

/** A plain base is that host only; `.base` is every host below it and not itself. */
function isWithinHost(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}

/** The local part counts as it is written (RFC 5280 7.5); a base without one is a host, or hosts below one. */
function isWithinMail({ local, host }: Mailbox, base: Mailbox | string): boolean {
  return typeof base === 'string' ? isWithinHost(host, base) : local === base.local && host === base.host;
}
