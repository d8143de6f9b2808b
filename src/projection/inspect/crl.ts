import { type DerNode, DerReader, pemEncode } from '../../core/bytes/index.ts';
import { Name } from '../../core/pki/name.ts';
import { type CrlOutline, type ExtensionNodes, outlineCrl } from './der-outline.ts';
import { type Field, field, type InspectedDocument, type Scene } from './document.ts';
import { placeAt } from './place.ts';
import { opensslProof } from './proof.ts';
import { derStructure } from './structure.ts';
import { hexText } from './values.ts';

const MAX_LISTED = 200;

/**
 * A revocation list (RFC 5280 5).
 *
 * @throws DerError where `der` is none
 */
export function inspectCrl(der: Uint8Array, scene: Scene): InspectedDocument {
  const parts = outlineCrl(der, placeAt(0));
  const { outline } = parts;
  const issuer = parts.issuer ? Name.read(new DerReader(der, parts.issuer.start), 'issuer').toString() : '';
  const file = `${scene.fileName}.pem`;
  return {
    kind: 'crl',
    title: issuer,
    bytes: der,
    text: pemEncode('X509 CRL', der),
    fields: crlFields(der, parts, issuer, scene),
    structure: [derStructure(outline.root, outline.names, placeAt(0))],
    proof: [opensslProof('crl_text', file, (name) => `crl -in ${name} -noout -text`)],
    json: {
      issuer,
      thisUpdate: parts.thisUpdate?.text ?? null,
      nextUpdate: parts.nextUpdate?.text ?? null,
      revoked: parts.revoked.map((entry) => ({
        serialNumber: serialText(entry),
        date: entry.children[1]?.text ?? null,
      })),
    },
    parts: [],
  };
}

function crlFields(der: Uint8Array, parts: CrlOutline, issuer: string, scene: Scene): Field[] {
  const range = parts.outline.range.bind(parts.outline);
  const { signature, nextUpdate } = parts;
  const mono = true;
  const stale =
    scene.nowMs !== null && nextUpdate?.text !== undefined && Date.parse(nextUpdate.text) < scene.nowMs;
  return [
    field('crl_version', 'Version', parts.version?.text === '1' ? '2' : '1', { at: range(parts.version) }),
    field('crl_signature_algorithm', 'Signature Algorithm', parts.algorithm?.children[0]?.text ?? '', {
      at: range(parts.algorithm),
      mono,
    }),
    field('crl_issuer', 'Issuer', issuer, { at: range(parts.issuer), mono, mesh: true }),
    field('crl_this_update', 'This Update', parts.thisUpdate?.text ?? '', {
      at: range(parts.thisUpdate),
      mono,
    }),
    ...(nextUpdate
      ? [
          field('crl_next_update', 'Next Update', nextUpdate.text ?? '', {
            at: range(nextUpdate),
            mono,
            mesh: true,
            ...(stale ? { tone: 'bad', note: 'stale_list' } : {}),
          }),
        ]
      : []),
    field('crl_revoked_count', 'Revoked Certificates', String(parts.revoked.length), { mesh: true }),
    ...parts.revoked.slice(0, MAX_LISTED).map((entry) => revokedField(entry, parts)),
    ...parts.extensions.map((extension) => extensionField(der, extension, parts)),
    field(
      'crl_signature',
      'Signature Value',
      signature ? hexText(der.subarray(signature.contentStart + 1, signature.end)) : '',
      {
        at: range(signature),
        mono,
      },
    ),
  ];
}

function revokedField(entry: DerNode, parts: CrlOutline): Field {
  const [, date, extensions] = entry.children;
  const reason = extensions?.children.find((extension) => extension.children[0]?.oid === '2.5.29.21');
  const code = reason?.children.at(-1)?.children[0]?.text;
  const text = [
    serialText(entry),
    date?.text,
    code === undefined ? undefined : (REASONS[Number(code)] ?? code),
  ];
  return field('crl_revoked', 'Revoked', text.filter((part) => part !== undefined).join(' · '), {
    at: parts.outline.range(entry),
    mono: true,
    mesh: true,
  });
}

/** The number as certificates show it: minimal hex. */
function serialText(entry: DerNode): string {
  const text = entry.children[0]?.text ?? '';
  const isHex = (entry.children[0]?.end ?? 0) - (entry.children[0]?.contentStart ?? 0) > 6;
  return isHex ? text.replace(/^0+(?=.)/, '') : Number(text).toString(16);
}

/** CRLReason (RFC 5280 5.3.1). */
const REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

function extensionField(der: Uint8Array, { node, value }: ExtensionNodes, parts: CrlOutline): Field {
  const at = parts.outline.range(node);
  const oid = node.children[0]?.oid;
  if (oid === '2.5.29.20') return field('crl_number', 'CRL Number', value?.text ?? '', { at });
  if (oid === '2.5.29.35') {
    return field('crl_authority_key_id', 'Authority Key Identifier', value?.children[0]?.text ?? '', {
      at,
      mono: true,
    });
  }
  const label = node.children[0]?.text ?? 'extension';
  const octets = node.children.at(-1);
  const content = octets ? hexText(der.subarray(octets.contentStart, octets.end)) : '';
  return field('crl_extension', label, content, { at, mono: true });
}
