/**
 * Messages by which two Envoys prove their identity where no TLS handshake is simulated: JSON with each side's
 * chain and a signature over both nonces.
 */
import type { InspectedDocument, Scene, StructureNode } from './document.ts';
import { chainDocuments, chainFields, leafFields } from './chain.ts';
import { type JsonNode, jsonAt, jsonText } from './json-outline.ts';
import { jsonDocument, memberField } from './json-document.ts';
import { type PemPart, pemPartsOf, pemStructure } from './pem-parts.ts';

export function inspectPeerMessage(bytes: Uint8Array, root: JsonNode, scene: Scene): InspectedDocument {
  const member = memberField.bind(null, root);
  const chain = jsonAt(root, 'chain');
  const parts = chain ? pemPartsInString(bytes, chain) : [];
  const document = jsonDocument('peer-identity', jsonText(jsonAt(root, 'type')) ?? 'message', bytes, root, [
    ...member(['type'], 'peer_type', 'type', { note: 'simplified_proof' }),
    ...member(['nonce'], 'peer_nonce', 'nonce'),
    ...member(['proof'], 'peer_proof', 'proof', { mesh: true }),
    ...member(['alert'], 'peer_alert', 'alert', { mesh: true, tone: 'bad' }),
    ...member(['reason'], 'peer_reason', 'reason', { mesh: true, tone: 'bad' }),
    ...member(['chain'], 'peer_chain', 'chain', { mesh: true }).map((one) => ({
      ...one,
      value: `${parts.length} × CERTIFICATE`,
    })),
    ...chainFields(parts),
    ...leafFields(parts, scene),
  ]);
  return {
    ...document,
    structure: openChain(document.structure, parts),
    parts: chainDocuments(parts, scene),
  };
}

function openChain(structure: readonly StructureNode[], parts: readonly PemPart[]): StructureNode[] {
  return structure.map((node) =>
    node.label === 'chain' ? { ...node, value: null, children: parts.map(pemStructure) } : node,
  );
}

/** PEM blocks inside a JSON string, whose line ends are written `\n`. */
function pemPartsInString(bytes: Uint8Array, node: JsonNode): PemPart[] {
  const offsets: number[] = [];
  for (let at = node.valueStart + 1; at < node.end - 1; at++) {
    offsets.push(at);
    if (bytes[at] === 0x5c) at += bytes[at + 1] === 0x75 ? 5 : 1;
  }
  const text = String(node.value);
  if (text.length !== offsets.length) return [];
  return pemPartsOf(text, (index) => offsets[index] ?? node.end).filter(
    ({ label }) => label === 'CERTIFICATE',
  );
}
