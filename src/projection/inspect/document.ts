import type { ArtefactId, ArtefactKind } from '../../trace/index.ts';
import type { FieldId, GroupId, NoteId, ProofId } from './ids.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'muted';

/**
 * One fact of a document, in the field's own notation. `start`/`end` are the bytes of the document that say it;
 * null where it is computed or stands elsewhere.
 */
export interface Field {
  /** Key of its explanation: `explain_<id>`. */
  readonly id: FieldId;
  /** The standard's name of the field; the same in every language. */
  readonly label: string;
  readonly value: string;
  readonly mono: boolean;
  readonly start: number | null;
  readonly end: number | null;
  /** What the field belongs to where a document shows several things. */
  readonly group?: GroupId;
  readonly tone?: Tone;
  /** Key of a remark on this value: `note_<id>`. */
  readonly note?: NoteId;
  readonly link?: ArtefactId;
  /** True for what decides in a mesh: names, lifetimes, usages. */
  readonly mesh?: true;
}

/** A part of the bytes: an ASN.1 element, a protobuf field, a JSON member, a PEM block. Nested parts inside. */
export interface StructureNode {
  /** What the standard calls it (`serialNumber`), else its type. */
  readonly label: string;
  /** `INTEGER`, `string`, `google.protobuf.Struct`, `object` … */
  readonly type: string;
  readonly value: string | null;
  readonly start: number;
  /** Where its content begins, after tag and length or key. */
  readonly contentStart: number;
  readonly end: number;
  readonly children: readonly StructureNode[];
}

/** A command that shows the same with a tool that is not ours. */
export interface ProofCommand {
  /** Key of what it proves: `proof_<id>`. */
  readonly id: ProofId;
  readonly tool: 'openssl' | 'tshark' | 'node' | 'protoc' | 'kubectl' | 'jq';
  readonly command: string;
  /** File the command reads. */
  readonly file: string;
  /** What that file holds: the document's text or its bytes. */
  readonly content: 'text' | 'bytes';
}

export type DocumentKind = ArtefactKind | 'crl' | 'public-key' | 'json' | 'text' | 'der' | 'binary';

/** Something with bytes, opened for looking at. */
export interface InspectedDocument {
  readonly kind: DocumentKind;
  /** What it is about, in the field's notation: a SPIFFE ID, a name, a message type. */
  readonly title: string;
  readonly bytes: Uint8Array;
  /** The text people exchange: PEM, a compact JWT, JSON; null for binary messages. */
  readonly text: string | null;
  readonly fields: readonly Field[];
  readonly structure: readonly StructureNode[];
  readonly proof: readonly ProofCommand[];
  /** The same in JSON. */
  readonly json: unknown;
  /** Documents inside this one, such as the certificates of a chain. */
  readonly parts: readonly InspectedDocument[];
}

/** What an inspector may know beside the bytes. */
export interface Scene {
  /** Milliseconds since 1970 of the moment that is looked at; null where there is none. */
  readonly nowMs: number | null;
  /** Name for the document's file, without extension. */
  readonly fileName: string;
  readonly refs: Readonly<Record<string, ArtefactId>>;
  /** Bytes of a referred artefact, if they are still held. */
  bytesOf(id: ArtefactId): Uint8Array | null;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

interface FieldOptions {
  readonly at?: Range | null;
  readonly mono?: boolean;
  readonly group?: GroupId | undefined;
  readonly tone?: Tone | undefined;
  readonly note?: NoteId | undefined;
  readonly link?: ArtefactId | undefined;
  readonly mesh?: boolean;
}

/** Builds a field; options that are undefined are left out. */
export function field(id: FieldId, label: string, value: string, options: FieldOptions = {}): Field {
  const { at = null, mono = false, group, tone, note, link, mesh } = options;
  return {
    id,
    label,
    value,
    mono,
    start: at?.start ?? null,
    end: at?.end ?? null,
    ...(group === undefined ? {} : { group }),
    ...(tone === undefined ? {} : { tone }),
    ...(note === undefined ? {} : { note }),
    ...(link === undefined ? {} : { link }),
    ...(mesh ? { mesh: true as const } : {}),
  };
}

/** `fields` as belonging to `group`, unless they say otherwise. */
export function inGroup(group: GroupId, fields: readonly Field[]): Field[] {
  return fields.map((one) => ({ group, ...one }));
}
