import explanations from '../../projection/inspect/explain.en.json' with { type: 'json' };
import type { Field, InspectedDocument, ProofCommand } from '../../projection/inspect/index.ts';

const words: Readonly<Record<string, string>> = explanations;

/** What a field means, in a sentence or two. */
export function explanationOf({ id }: Field): string | null {
  return words[`explain_${id}`] ?? null;
}

/** What there is to say about this very value. */
export function noteOf({ note }: Field): string | null {
  return note === undefined ? null : (words[`note_${note}`] ?? null);
}

export function groupName(group: string): string {
  return words[`group_${group}`] ?? group;
}

export function proofText({ id }: ProofCommand): string {
  return words[`proof_${id}`] ?? id;
}

export function kindName({ kind }: InspectedDocument): string {
  return kind.replaceAll('-', ' ');
}
