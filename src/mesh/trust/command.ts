import type { CrlReason } from '../../core/pki/index.ts';
import type { AuthoritySetting } from './authority.ts';

/** What may be changed in a CA as its certificate is signed anew. */
export type AuthorityChanges = Omit<AuthoritySetting, 'id' | 'parent' | 'offline' | 'keyType'>;

/** Commands about CAs, what is trusted, and stolen keys. A cluster that is not named is the first. */
export type TrustCommand =
  | {
      readonly type: 'create-authority';
      readonly setting: AuthoritySetting;
      /** `attacker`: with a stolen key of the parent. */
      readonly by?: 'operator' | 'attacker';
    }
  | {
      readonly type: 'renew-authority';
      readonly authority: string;
      readonly newKey: boolean;
      readonly changes?: AuthorityChanges;
    }
  | { readonly type: 'cross-sign'; readonly authority: string; readonly by: string }
  | { readonly type: 'move-key'; readonly authority: string; readonly custody: 'offline' | 'online' }
  | {
      readonly type: 'cacerts';
      readonly cluster?: string;
      /** CA to sign with; the one in the secret unless given. */
      readonly issuer?: string;
      /** CAs in `root-cert.pem`; the root above the issuer unless given. */
      readonly roots?: readonly string[];
      readonly crossSigned?: boolean;
      /** Puts the newest list of each CA of the chain into `ca-crl.pem`. */
      readonly crls?: boolean;
    }
  | { readonly type: 'multi-root'; readonly cluster?: string; readonly enabled: boolean }
  | {
      readonly type: 'mesh-anchors';
      readonly cluster?: string;
      readonly anchors: readonly { readonly authority: string; readonly trustDomains?: readonly string[] }[];
    }
  | {
      readonly type: 'revoke';
      /** A CA's certificate, or a pod's; the stolen one, where it was stolen. */
      readonly certificate: { readonly authority: string } | { readonly pod: string };
      readonly reason?: CrlReason;
    }
  | { readonly type: 'publish-crl'; readonly authority: string; readonly validForMs: number }
  | { readonly type: 'steal-key'; readonly of: { readonly authority: string } | { readonly pod: string } }
  | { readonly type: 'blast-radius'; readonly holder: string }
  | {
      readonly type: 'skew-clock';
      readonly of: 'node' | 'istiod';
      /** A node, or a cluster. */
      readonly name: string;
      readonly offsetMs: number;
    };

/** One line that says what was done, as an operator would. */
export function describeTrustCommand(command: TrustCommand): string {
  switch (command.type) {
    case 'create-authority': {
      const { id, parent } = command.setting;
      const by = command.by === 'attacker' ? ' with the stolen key' : '';
      return parent === undefined ? `make the root CA ${id}` : `sign the CA ${id} by ${parent}${by}`;
    }
    case 'renew-authority':
      return `${command.newKey ? 'new key and certificate' : 'new certificate'} for the CA ${command.authority}`;
    case 'cross-sign':
      return `cross-sign ${command.authority} by ${command.by}`;
    case 'move-key':
      return command.custody === 'online'
        ? `bring the key of ${command.authority} online`
        : `lock the key of ${command.authority} away`;
    case 'cacerts':
      return `kubectl create secret generic cacerts -n istio-system${contextOf(command)}${filesOf(command)}`;
    case 'multi-root':
      return `ISTIO_MULTIROOT_MESH=${String(command.enabled)}${contextOf(command)}`;
    case 'mesh-anchors':
      return `meshConfig.caCertificates: ${command.anchors.map(({ authority }) => authority).join(', ')}${contextOf(command)}`;
    case 'revoke':
      return `revoke the certificate of ${nameOf(command.certificate)}`;
    case 'publish-crl':
      return `${command.authority} signs a CRL`;
    case 'steal-key':
      return `the key of ${nameOf(command.of)} is copied`;
    case 'blast-radius':
      return `try the key of ${command.holder} against every Envoy`;
    case 'skew-clock':
      return `clock of ${command.name}: ${command.offsetMs / 1000}s`;
  }
}

function contextOf({ cluster }: { readonly cluster?: string }): string {
  return cluster === undefined ? '' : ` --context ${cluster}`;
}

function filesOf({ issuer, roots, crls }: Extract<TrustCommand, { type: 'cacerts' }>): string {
  const parts = [
    ...(issuer === undefined ? [] : [`ca-cert.pem: ${issuer}`]),
    ...(roots === undefined ? [] : [`root-cert.pem: ${roots.join(' + ')}`]),
    ...(crls === true ? ['ca-crl.pem'] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function nameOf(of: { readonly authority: string } | { readonly pod: string }): string {
  return 'authority' in of ? of.authority : of.pod;
}
