import type { Field, InspectedDocument } from '../../projection/inspect/index.ts';
import { explanationOf, noteOf } from './words.ts';

/** A document as `inspect --json` prints it; documented in the command's help. */
export function documentJson({ kind, title, bytes, fields, json, parts }: InspectedDocument): unknown {
  return {
    kind,
    title,
    size: bytes.length,
    fields: fields.map(fieldJson),
    content: json,
    parts: parts.map(documentJson),
  };
}

function fieldJson(field: Field): unknown {
  const { id, label, value, group, tone, start, end } = field;
  return {
    id,
    label,
    value,
    explanation: explanationOf(field),
    note: noteOf(field),
    group: group ?? null,
    tone: tone ?? null,
    bytes: start === null || end === null ? null : { start, end },
  };
}
