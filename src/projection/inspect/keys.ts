import { type DerNode, derTree, pemEncode } from '../../core/bytes/index.ts';
import { readPublicKeyInfo } from '../../core/pki/key-type.ts';
import { outlinePrivateKey } from './der-outline.ts';
import { field, type InspectedDocument, type Scene } from './document.ts';
import { placeAt } from './place.ts';
import { opensslProof } from './proof.ts';
import { derStructure } from './structure.ts';
import { hexText, keyText } from './values.ts';

const FORMATS: Readonly<Record<string, string>> = {
  'PRIVATE KEY': 'PKCS#8',
  'EC PRIVATE KEY': 'SEC 1',
  'RSA PRIVATE KEY': 'PKCS#1',
};

/**
 * A private key: what kind it is and where its secret stands; the secret itself only in structure and bytes.
 *
 * @param label label of its PEM block
 * @throws DerError where `der` is no key
 */
export function inspectPrivateKey(der: Uint8Array, scene: Scene, label = 'PRIVATE KEY'): InspectedDocument {
  const parts = outlinePrivateKey(der, placeAt(0));
  const { outline, algorithm, secret, publicKey } = parts;
  const kind = algorithmText(parts);
  const file = `${scene.fileName}.pem`;
  const secretLength = secret ? secret.end - secret.contentStart : 0;
  return {
    kind: 'private-key',
    title: `${kind} private key`,
    bytes: der,
    text: pemEncode(label, der),
    fields: [
      field('key_format', 'Format', FORMATS[label] ?? label, { at: outline.range(parts.version) }),
      field('key_algorithm', 'Algorithm', kind, { at: outline.range(algorithm), mesh: true }),
      field('key_secret', 'Private key', `${secretLength} octets`, {
        at: outline.range(secret),
        mesh: true,
        tone: 'warn',
        note: 'key_never_leaves',
      }),
      ...(publicKey
        ? [
            field('key_public', 'Public key', hexText(publicOctets(der, publicKey)), {
              at: outline.range(publicKey),
              mono: true,
            }),
          ]
        : []),
    ],
    structure: [derStructure(outline.root, outline.names, placeAt(0))],
    proof: [opensslProof('key_check', file, (name) => `pkey -in ${name} -noout -check`)],
    json: { format: FORMATS[label] ?? label, algorithm: kind },
    parts: [],
  };
}

/** @throws DerError where `der` is no SubjectPublicKeyInfo */
export function inspectPublicKey(der: Uint8Array, scene: Scene): InspectedDocument {
  const kind = keyText(readPublicKeyInfo(der));
  const tree = derTree(der);
  const [algorithm, key] = tree.children;
  const file = `${scene.fileName}.pem`;
  const at = { start: key?.start ?? 0, end: key?.end ?? der.length };
  return {
    kind: 'public-key',
    title: `${kind} public key`,
    bytes: der,
    text: pemEncode('PUBLIC KEY', der),
    fields: [
      field('key_algorithm', 'Algorithm', kind, { at: algorithm ?? null }),
      field('key_public', 'Public key', hexText(der.subarray(at.start, at.end)), { at, mono: true }),
    ],
    structure: [derStructure(tree, new Map(), placeAt(0))],
    proof: [opensslProof('key_check', file, (name) => `pkey -pubin -in ${name} -noout -pubcheck`)],
    json: { algorithm: kind },
    parts: [],
  };
}

/** The point of an EC key without the BIT STRING around it, or the modulus of an RSA key. */
function publicOctets(der: Uint8Array, node: DerNode): Uint8Array {
  const bits = node.children[0];
  if (bits) return der.subarray(bits.contentStart + 1, bits.end);
  const signOctet = der[node.contentStart] === 0 ? 1 : 0;
  return der.subarray(node.contentStart + signOctet, node.end);
}

function algorithmText({ outline, algorithm, publicKey }: ReturnType<typeof outlinePrivateKey>): string {
  const curve = algorithm?.children.find((child) => child.oid && CURVES[child.oid])?.oid;
  if (curve) return `ECDSA ${CURVES[curve]}`;
  const isRsa =
    algorithm?.children[0]?.oid === '1.2.840.113549.1.1.1' ||
    outline.names.get(outline.root) === 'RSAPrivateKey';
  if (!isRsa || !publicKey) return algorithm?.children[0]?.text ?? 'unknown';
  // The modulus has a zero octet before it, its highest bit being set.
  return `RSA ${(publicKey.end - publicKey.contentStart - 1) * 8}`;
}

const CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
};
