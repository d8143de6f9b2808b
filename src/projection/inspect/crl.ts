import { pemEncode } from '../../core/bytes/index.ts';
import { type Crl, parseCrl, type RevokedCertificate } from '../../core/pki/crl.ts';
import { type CrlOutline, outlineCrl } from './der-outline.ts';
import { type Field, field, type InspectedDocument, type Scene } from './document.ts';
import { placeAt } from './place.ts';
import { opensslProof } from './proof.ts';
import { derStructure } from './structure.ts';
import { hexText, timeText } from './values.ts';

const MAX_LISTED = 200;

/**
 * A revocation list (RFC 5280 5). At most 200 of its entries become fields; the structure has them all.
 *
 * @throws PkiError where `der` is none
 */
export function inspectCrl(der: Uint8Array, scene: Scene): InspectedDocument {
  const crl = parseCrl(der);
  const parts = outlineCrl(der, placeAt(0));
  const { outline } = parts;
  return {
    kind: 'crl',
    title: crl.issuer.toString(),
    bytes: der,
    text: pemEncode('X509 CRL', der),
    fields: crlFields(crl, parts, scene),
    structure: [derStructure(outline.root, outline.names, placeAt(0))],
    proof: [opensslProof('crl_text', `${scene.fileName}.pem`, (name) => `crl -in ${name} -noout -text`)],
    json: {
      issuer: crl.issuer.toString(),
      thisUpdate: timeText(crl.thisUpdate.getTime()),
      nextUpdate: crl.nextUpdate && timeText(crl.nextUpdate.getTime()),
      crlNumber: crl.crlNumber,
      revoked: crl.revoked.map(({ serialNumber, revokedAt, reason }) => ({
        serialNumber,
        revokedAt: timeText(revokedAt.getTime()),
        reason,
      })),
    },
    parts: [],
  };
}

function crlFields(crl: Crl, parts: CrlOutline, scene: Scene): Field[] {
  const range = parts.outline.range.bind(parts.outline);
  const [mono, mesh] = [true, true];
  const algorithm = crl.signatureAlgorithm.name;
  return [
    field('crl_version', 'Version', String(crl.version), { at: range(parts.version) }),
    field('crl_signature_algorithm', 'Signature Algorithm', algorithm, { at: range(parts.algorithm), mono }),
    field('crl_issuer', 'Issuer', crl.issuer.toString(), { at: range(parts.issuer), mono, mesh }),
    field('crl_this_update', 'This Update', timeText(crl.thisUpdate.getTime()), {
      at: range(parts.thisUpdate),
      mono,
    }),
    ...nextUpdateField(crl, parts, scene),
    field('crl_revoked_count', 'Revoked Certificates', String(crl.revoked.length), { mesh }),
    ...crl.revoked.slice(0, MAX_LISTED).map((entry, index) => {
      const at = range(parts.revoked[index]);
      return field('crl_revoked', 'Revoked', revokedText(entry), { at, mono, mesh });
    }),
    ...crl.extensions.map((extension, index) => {
      const at = range(parts.extensions[index]?.node);
      if (extension.name === 'cRLNumber')
        return field('crl_number', 'CRL Number', crl.crlNumber ?? '', { at });
      if (extension.name === 'authorityKeyIdentifier') {
        return field('crl_authority_key_id', 'Authority Key Identifier', crl.aki ?? '', { at, mono });
      }
      return field('crl_extension', extension.name, hexText(extension.value), { at, mono });
    }),
    field('crl_signature', 'Signature Value', hexText(crl.signature), { at: range(parts.signature), mono }),
  ];
}

function nextUpdateField({ nextUpdate }: Crl, parts: CrlOutline, { nowMs }: Scene): Field[] {
  if (nextUpdate === null) return [];
  const stale = nowMs !== null && nextUpdate.getTime() < nowMs;
  return [
    field('crl_next_update', 'Next Update', timeText(nextUpdate.getTime()), {
      at: parts.outline.range(parts.nextUpdate),
      mono: true,
      mesh: true,
      ...(stale ? { tone: 'bad', note: 'stale_list' } : {}),
    }),
  ];
}

function revokedText({ serialNumber, revokedAt, reason }: RevokedCertificate): string {
  const parts = [serialNumber, timeText(revokedAt.getTime()), reason];
  return parts.filter((part) => part !== null).join(' · ');
}
