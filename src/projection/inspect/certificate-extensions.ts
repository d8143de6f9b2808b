import type { Certificate } from '../../core/pki/certificate.ts';
import type { Extension } from '../../core/pki/extension.ts';
import type { CertificateOutline, ExtensionNodes } from './der-outline.ts';
import { type Field, field } from './document.ts';
import type { FieldId, NoteId } from './ids.ts';
import { hexText } from './values.ts';

/** The fields of one extension; a subject alternative name gives one for each name. */
export function extensionFields(
  certificate: Certificate,
  extension: Extension,
  nodes: ExtensionNodes | undefined,
  parts: CertificateOutline,
): Field[] {
  const at = parts.outline.range(nodes?.node);
  const suffix = extension.critical ? ' (critical)' : '';
  const isLeaf = !certificate.basicConstraints?.ca;
  const show = (
    id: FieldId,
    label: string,
    value: string,
    more: Partial<Parameters<typeof field>[3]> = {},
  ): Field => field(id, label, value + suffix, { at, ...more });
  switch (extension.name) {
    case 'subjectAltName':
      return sanFields(certificate, extension, nodes, parts);
    case 'keyUsage': {
      const usages = certificate.keyUsage ?? [];
      const signs = isLeaf && usages.some((usage) => usage === 'keyCertSign' || usage === 'cRLSign');
      const note: NoteId | undefined = signs ? 'leaf_must_not_sign' : undefined;
      return [
        show('x509_key_usage', 'Key Usage', usages.join(', '), {
          mesh: true,
          note,
          ...(signs && { tone: 'bad' }),
        }),
      ];
    }
    case 'extKeyUsage':
      return [
        show('x509_ext_key_usage', 'Extended Key Usage', (certificate.extKeyUsage ?? []).join(', '), {
          mesh: true,
        }),
      ];
    case 'basicConstraints':
      return [
        show('x509_basic_constraints', 'Basic Constraints', constraintsText(certificate), { mesh: true }),
      ];
    case 'subjectKeyIdentifier':
      return [show('x509_subject_key_id', 'Subject Key Identifier', certificate.ski ?? '', { mono: true })];
    case 'authorityKeyIdentifier':
      return [
        show('x509_authority_key_id', 'Authority Key Identifier', certificate.aki ?? '', { mono: true }),
      ];
    case 'nameConstraints':
      return [
        show('x509_name_constraints', 'Name Constraints', nameConstraintsText(certificate), {
          mesh: true,
          mono: true,
        }),
      ];
    default:
      return [show('x509_extension', extension.name, hexText(extension.value), { mono: true })];
  }
}

function sanFields(
  certificate: Certificate,
  extension: Extension,
  nodes: ExtensionNodes | undefined,
  parts: CertificateOutline,
): Field[] {
  const { outline } = parts;
  const names = certificate.subjectAltNames.map(({ type, value }, index) =>
    field('x509_san', 'Subject Alternative Name', `${sanLabel(type)}:${value}`, {
      at: outline.range(nodes?.value?.children[index]),
      mono: true,
      mesh: true,
    }),
  );
  // RFC 5280 4.1.2.6: where the subject is empty, the names must be critical.
  const fits = extension.critical || !certificate.subject.isEmpty;
  const critical = field(
    'x509_san_critical',
    'SAN critical',
    extension.critical ? 'critical' : 'not critical',
    {
      at: outline.range(nodes?.critical ?? nodes?.node),
      mesh: true,
      tone: fits ? 'ok' : 'warn',
    },
  );
  return [...names, critical];
}

/** As OpenSSL prints the form of a name. */
export function sanLabel(type: string): string {
  const labels: Readonly<Record<string, string>> = {
    uri: 'URI',
    dns: 'DNS',
    ip: 'IP Address',
    email: 'email',
    directory: 'DirName',
  };
  return labels[type] ?? type;
}

function constraintsText({ basicConstraints }: Certificate): string {
  const { ca, pathLen } = basicConstraints ?? { ca: false, pathLen: null };
  return `CA:${ca ? 'TRUE' : 'FALSE'}${pathLen === null ? '' : `, pathlen:${pathLen}`}`;
}

function nameConstraintsText({ nameConstraints }: Certificate): string {
  const { permitted = [], excluded = [] } = nameConstraints ?? {};
  const text = (list: typeof permitted): string =>
    list.map(({ type, value }) => `${sanLabel(type)}:${value}`).join(', ');
  const lists = [
    permitted.length > 0 ? `permitted ${text(permitted)}` : '',
    excluded.length > 0 ? `excluded ${text(excluded)}` : '',
  ];
  return lists.filter((list) => list !== '').join('; ');
}
