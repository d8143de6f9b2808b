/** Documents whose bytes are JSON. */
import { utf8Decode } from '../../core/bytes/index.ts';
import {
  type DocumentKind,
  type Field,
  field,
  type InspectedDocument,
  type ProofCommand,
  type StructureNode,
} from './document.ts';
import { type JsonNode, jsonAt, jsonText, jsonValue } from './json-outline.ts';
import { placeAt } from './place.ts';
import { jsonStructure } from './structure.ts';

type FieldOptions = NonNullable<Parameters<typeof field>[3]>;

/** A field for the member at `path`; none where it is absent. Lists are joined, objects shown as JSON. */
export function memberField(
  root: JsonNode,
  path: readonly (string | number)[],
  id: Field['id'],
  label: string,
  options: FieldOptions = {},
): Field[] {
  const node = jsonAt(root, ...path);
  if (!node) return [];
  const value = jsonText(node) ?? JSON.stringify(jsonValue(node));
  return [field(id, label, value, { at: { start: node.start, end: node.end }, mono: true, ...options })];
}

export function jsonDocument(
  kind: DocumentKind,
  title: string,
  bytes: Uint8Array,
  root: JsonNode,
  fields: readonly Field[],
  more: { readonly proof?: readonly ProofCommand[]; readonly parts?: readonly InspectedDocument[] } = {},
): InspectedDocument {
  return {
    kind,
    title,
    bytes,
    text: utf8Decode(bytes),
    fields,
    structure: jsonNodes(root),
    proof: more.proof ?? [],
    json: jsonValue(root),
    parts: more.parts ?? [],
  };
}

/** Any JSON: one field for each member. */
export function inspectJson(bytes: Uint8Array, root: JsonNode): InspectedDocument {
  const fields = root.children.flatMap((member, index) =>
    memberField(root, [member.key ?? index], 'json_member', member.key ?? `[${index}]`),
  );
  return jsonDocument('json', jsonText(jsonAt(root, 'kind')) ?? 'JSON', bytes, root, fields);
}

function jsonNodes(root: JsonNode): StructureNode[] {
  const node = jsonStructure(root, placeAt(0));
  return root.type === 'object' ? [...node.children] : [node];
}
