/**
 * Which element of a DER tree is which part of a certificate (RFC 5280 4.1), request (RFC 2986), list (RFC 5280
 * 5.1) or private key (RFC 5208, 5915, 8017). The bytes have been read by core/pki before; where an element is
 * missing all the same, its name stays undefined.
 */
import { type DerNode, derTree, TAG } from '../../core/bytes/index.ts';
import type { Range } from './document.ts';
import type { Place } from './place.ts';

const CONTEXT_0 = 0xa0;
const CONTEXT_3 = 0xa3;

/** A DER tree with the standard's names for its elements, and ranges by name. */
export class DerOutline {
  readonly root: DerNode;
  readonly names = new Map<DerNode, string>();
  readonly place: Place;

  constructor(der: Uint8Array, place: Place) {
    this.root = derTree(der);
    this.place = place;
  }

  /** Gives `node` a name and returns it. */
  name(node: DerNode | undefined, name: string): DerNode | undefined {
    if (node) this.names.set(node, name);
    return node;
  }

  /** Names the children of `node` in order; an empty name leaves one as it is. */
  nameChildren(node: DerNode | undefined, ...names: readonly string[]): void {
    names.forEach((name, at) => {
      if (name !== '') this.name(node?.children[at], name);
    });
  }

  /** Where `node` stands in the document. */
  range(node: DerNode | undefined): Range | null {
    return node ? this.place(node.start, node.end) : null;
  }
}

export interface ExtensionNodes {
  readonly node: DerNode;
  /** What the OCTET STRING holds, where that is DER. */
  readonly value: DerNode | undefined;
  readonly critical: DerNode | undefined;
}

export interface CertificateOutline {
  readonly outline: DerOutline;
  readonly version: DerNode | undefined;
  readonly serialNumber: DerNode | undefined;
  readonly issuer: DerNode | undefined;
  readonly validity: DerNode | undefined;
  readonly subject: DerNode | undefined;
  readonly publicKey: DerNode | undefined;
  readonly extensions: readonly ExtensionNodes[];
  readonly algorithm: DerNode | undefined;
  readonly signature: DerNode | undefined;
}

export function outlineCertificate(der: Uint8Array, place: Place): CertificateOutline {
  const outline = new DerOutline(der, place);
  const { root } = outline;
  outline.name(root, 'Certificate');
  outline.nameChildren(root, 'tbsCertificate', 'signatureAlgorithm', 'signatureValue');
  const [tbs, algorithm, signature] = root.children;
  const parts = tbs?.children ?? [];
  const first = parts[0]?.tag === CONTEXT_0 ? 1 : 0;
  const version = first === 1 ? outline.name(parts[0], 'version') : undefined;
  const names = ['serialNumber', 'signature', 'issuer', 'validity', 'subject', 'subjectPublicKeyInfo'];
  const [serialNumber, , issuer, validity, subject, publicKey] = names.map((name, at) =>
    outline.name(parts[first + at], name),
  );
  outline.nameChildren(validity, 'notBefore', 'notAfter');
  outline.nameChildren(publicKey, 'algorithm', 'subjectPublicKey');
  const wrapped = parts.find((part) => part.tag === CONTEXT_3);
  const extensions = outlineExtensions(outline, outline.name(wrapped, 'extensions')?.children[0]);
  return {
    outline,
    version,
    serialNumber,
    issuer,
    validity,
    subject,
    publicKey,
    extensions,
    algorithm,
    signature,
  };
}

export interface CsrOutline {
  readonly outline: DerOutline;
  readonly version: DerNode | undefined;
  readonly subject: DerNode | undefined;
  readonly publicKey: DerNode | undefined;
  readonly extensions: readonly ExtensionNodes[];
  readonly algorithm: DerNode | undefined;
  readonly signature: DerNode | undefined;
}

export function outlineCsr(der: Uint8Array, place: Place): CsrOutline {
  const outline = new DerOutline(der, place);
  outline.name(outline.root, 'CertificationRequest');
  outline.nameChildren(outline.root, 'certificationRequestInfo', 'signatureAlgorithm', 'signature');
  const [info, algorithm, signature] = outline.root.children;
  outline.nameChildren(info, 'version', 'subject', 'subjectPKInfo', 'attributes');
  const [version, subject, publicKey, attributes] = info?.children ?? [];
  outline.nameChildren(publicKey, 'algorithm', 'subjectPublicKey');
  const request = attributes?.children.find(
    (attribute) => attribute.children[0]?.oid === '1.2.840.113549.1.9.14',
  );
  outline.name(request, 'extensionRequest');
  const extensions = outlineExtensions(outline, request?.children[1]?.children[0]);
  return { outline, version, subject, publicKey, extensions, algorithm, signature };
}

export interface CrlOutline {
  readonly outline: DerOutline;
  readonly version: DerNode | undefined;
  readonly issuer: DerNode | undefined;
  readonly thisUpdate: DerNode | undefined;
  readonly nextUpdate: DerNode | undefined;
  readonly revoked: readonly DerNode[];
  readonly extensions: readonly ExtensionNodes[];
  readonly algorithm: DerNode | undefined;
  readonly signature: DerNode | undefined;
}

export function outlineCrl(der: Uint8Array, place: Place): CrlOutline {
  const outline = new DerOutline(der, place);
  outline.name(outline.root, 'CertificateList');
  outline.nameChildren(outline.root, 'tbsCertList', 'signatureAlgorithm', 'signatureValue');
  const [tbs, algorithm, signature] = outline.root.children;
  const parts = [...(tbs?.children ?? [])];
  const version = parts[0]?.tag === TAG.integer ? outline.name(parts.shift(), 'version') : undefined;
  outline.name(parts.shift(), 'signature');
  const issuer = outline.name(parts.shift(), 'issuer');
  const thisUpdate = outline.name(parts.shift(), 'thisUpdate');
  const isTime = parts[0]?.tag === TAG.utcTime || parts[0]?.tag === TAG.generalizedTime;
  const nextUpdate = isTime ? outline.name(parts.shift(), 'nextUpdate') : undefined;
  const list =
    parts[0]?.tag === TAG.sequence ? outline.name(parts.shift(), 'revokedCertificates') : undefined;
  for (const entry of list?.children ?? []) {
    outline.nameChildren(entry, 'userCertificate', 'revocationDate', 'crlEntryExtensions');
    outlineExtensions(outline, entry.children[2]);
  }
  const extensions = outlineExtensions(outline, outline.name(parts[0], 'crlExtensions')?.children[0]);
  const revoked = list?.children ?? [];
  return { outline, version, issuer, thisUpdate, nextUpdate, revoked, extensions, algorithm, signature };
}

export interface PrivateKeyOutline {
  readonly outline: DerOutline;
  readonly version: DerNode | undefined;
  readonly algorithm: DerNode | undefined;
  /** The element that holds the secret. */
  readonly secret: DerNode | undefined;
  readonly publicKey: DerNode | undefined;
}

/** PKCS#8, or the traditional form of an EC (SEC 1) or RSA (PKCS#1) key. */
export function outlinePrivateKey(der: Uint8Array, place: Place): PrivateKeyOutline {
  const outline = new DerOutline(der, place);
  const [version, second, third] = outline.root.children;
  if (second?.tag === TAG.sequence) {
    outline.name(outline.root, 'PrivateKeyInfo');
    outline.nameChildren(outline.root, 'version', 'privateKeyAlgorithm', 'privateKey');
    const inner = outlineTraditionalKey(outline, third?.children[0]);
    return { outline, version, algorithm: second, secret: inner.secret ?? third, publicKey: inner.publicKey };
  }
  const { secret, publicKey } = outlineTraditionalKey(outline, outline.root);
  const algorithm = outline.root.children.find((child) => child.tag === CONTEXT_0);
  return { outline, version, algorithm, secret, publicKey };
}

function outlineTraditionalKey(
  outline: DerOutline,
  key: DerNode | undefined,
): { secret: DerNode | undefined; publicKey: DerNode | undefined } {
  if (key?.children[1]?.tag === TAG.octetString) {
    outline.name(key, 'ECPrivateKey');
    outline.nameChildren(key, 'version', 'privateKey');
    outline.name(
      key.children.find((child) => child.tag === CONTEXT_0),
      'parameters',
    );
    const publicKey = outline.name(
      key.children.find((child) => child.tag === 0xa1),
      'publicKey',
    );
    return { secret: key.children[1], publicKey };
  }
  if (!key || key.children.length < 9) return { secret: undefined, publicKey: undefined };
  outline.name(key, 'RSAPrivateKey');
  const names = ['version', 'modulus', 'publicExponent', 'privateExponent', 'prime1', 'prime2'];
  outline.nameChildren(key, ...names, 'exponent1', 'exponent2', 'coefficient');
  return { secret: key.children[3], publicKey: key.children[1] };
}

function outlineExtensions(outline: DerOutline, list: DerNode | undefined): ExtensionNodes[] {
  return (list?.children ?? []).map((node) => {
    const critical = node.children.find((child) => child.tag === TAG.boolean);
    const octets = node.children.find((child) => child.tag === TAG.octetString);
    const name = node.children[0]?.oidName ?? node.children[0]?.oid ?? 'extension';
    outline.name(node, name.replace(/^X509v3 /, ''));
    outline.name(node.children[0], 'extnID');
    outline.name(critical, 'critical');
    outline.name(octets, 'extnValue');
    return { node, critical, value: octets?.children[0] };
  });
}
