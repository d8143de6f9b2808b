export { compareDocuments, type ComparedRow, type Comparison } from './compare.ts';
export type {
  DocumentKind,
  Field,
  InspectedDocument,
  ProofCommand,
  Range,
  StructureNode,
  Tone,
} from './document.ts';
export { fieldAt } from './fields-at.ts';
export {
  FIELD_IDS,
  type FieldId,
  GROUP_IDS,
  type GroupId,
  NOTE_IDS,
  type NoteId,
  PROOF_IDS,
  type ProofId,
} from './ids.ts';
export { inspectArtefact, type InspectionContext } from './inspect.ts';
export { type FileOptions, inspectFile, InspectError } from './inspect-file.ts';
export { structurePath } from './structure.ts';
