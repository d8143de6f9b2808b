/** What all gRPC messages share: the prefix, protobuf nodes by name, PEM texts inside fields. */
import { type ProtoNode, utf8Decode } from '../../core/bytes/index.ts';
import { GRPC_PREFIX_LENGTH } from '../../core/grpc/framing.ts';
import { type Field, field, type Range, type StructureNode } from './document.ts';
import { pemParts, pemStructure } from './pem-parts.ts';
import { type Place, placeAt } from './place.ts';
import { protoStructure } from './structure.ts';

/** Protobuf offsets in the framed message. */
const inFrame: Place = placeAt(GRPC_PREFIX_LENGTH);

export function prefixField(bytes: Uint8Array): Field {
  const length = bytes.length - GRPC_PREFIX_LENGTH;
  const at = { start: 0, end: GRPC_PREFIX_LENGTH };
  return field('grpc_prefix', 'gRPC prefix', `uncompressed, ${length} octets`, { at, group: 'message' });
}

/** Prefix and fields of a framed message; PEM texts in its fields are opened down to their ASN.1. */
export function grpcStructure(bytes: Uint8Array, nodes: readonly ProtoNode[]): StructureNode[] {
  const prefix = (label: string, start: number, end: number, value: string): StructureNode => ({
    label,
    type: end - start === 1 ? 'uint8' : 'uint32',
    value,
    start,
    contentStart: start,
    end,
    children: [],
  });
  const open = (node: ProtoNode): StructureNode[] => {
    if (!node.text?.includes('-----BEGIN ')) return [];
    const { start, end } = valueRange(node);
    return pemParts(bytes, start, end).map(pemStructure);
  };
  return [
    prefix('compressed flag', 0, 1, String(bytes[0] ?? 0)),
    prefix('message length', 1, GRPC_PREFIX_LENGTH, String(bytes.length - GRPC_PREFIX_LENGTH)),
    ...nodes.map((node) => protoStructure(node, inFrame, open)),
  ];
}

/** The nodes called `name`, in order. */
export function named(nodes: readonly ProtoNode[] | undefined, name: string): ProtoNode[] {
  return (nodes ?? []).filter((node) => node.name === name);
}

/** Where the whole field stands in the framed message; null where it is absent. */
export function fieldRange(node: ProtoNode | undefined): Range | null {
  return node ? inFrame(node.start, node.end) : null;
}

/** Where the value of a field stands in the framed message. */
export function valueRange(node: ProtoNode): Range {
  return inFrame(node.contentStart, node.end);
}

/** The text of a PEM field, in words: how many blocks, of what. */
export function pemSummary(labels: readonly string[], octets: number): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const blocks = [...counts].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label));
  return `${blocks.join(', ') || 'no PEM'}, ${octets} octets`;
}

export function textAt(bytes: Uint8Array, { start, end }: Range): string {
  return utf8Decode(bytes.subarray(start, end));
}
