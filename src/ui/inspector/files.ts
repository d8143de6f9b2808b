import { utf8Encode } from '../../core/bytes/index.ts';
import type { InspectedDocument, ProofCommand } from '../../projection/inspect/index.ts';
import { artefactFile } from '../../projection/inspect/proof.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { FileToSave } from '../shared/save.ts';

/** The file that is the document: what its first command reads, else its text or its bytes. */
export function fileOf(document: InspectedDocument, id: ArtefactId): FileToSave {
  const proof = document.proof[0];
  if (proof) return fileFor(proof, document);
  const extension = document.text === null ? 'bin' : document.json === null ? 'txt' : 'json';
  return { name: `${artefactFile(id)}.${extension}`, bytes: document.bytes };
}

/** The file that a command reads. */
export function fileFor({ file, content }: ProofCommand, document: InspectedDocument): FileToSave {
  const bytes = content === 'text' && document.text !== null ? utf8Encode(document.text) : document.bytes;
  return { name: file, bytes };
}

/** Files of other artefacts that a command names beside its own. */
export function furtherFiles(
  { command }: ProofCommand,
  refs: Artefact['refs'],
  lookup: (id: ArtefactId) => Artefact | undefined,
): FileToSave[] {
  return Object.values(refs).flatMap((id) => {
    const stem = artefactFile(id);
    const name = command.split(/\s+/).find((word) => word.startsWith(`${stem}.`));
    const artefact = lookup(id);
    return name !== undefined && artefact ? [{ name, bytes: artefact.bytes }] : [];
  });
}
