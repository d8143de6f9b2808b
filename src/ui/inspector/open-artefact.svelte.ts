import {
  type Field,
  fieldAt,
  inspectArtefact,
  type InspectedDocument,
  type Range,
  structurePath,
} from '../../projection/inspect/index.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import { ByteSelection, rangeAround } from './byte-selection.svelte.ts';
import type { Inspection } from './inspection.svelte.ts';

/** Fields tell time to the second; reading them more often would say the same. */
const grainMs = 1_000;

/** An artefact that is open: its document, and what is pointed at in it. */
export class OpenArtefact {
  readonly artefact: Artefact;
  readonly selection = new ByteSelection();
  readonly #inspection: Inspection;
  readonly #secondMs = $derived.by(() => Math.floor(this.#inspection.player.atMs / grainMs) * grainMs);
  /** The document but for its fields: neither bytes nor structure change with time. */
  readonly document: InspectedDocument;
  readonly fields: readonly Field[] = $derived.by(() => this.#read(this.#secondMs).fields);

  constructor(inspection: Inspection, artefact: Artefact) {
    this.#inspection = inspection;
    this.artefact = artefact;
    this.document = this.#read(artefact.atMs);
  }

  /** What a byte belongs to. */
  around(offset: number): Range {
    return rangeAround(offset, this.fields, this.document.structure);
  }

  /** The parts that hold a range, from the outermost to the innermost, by name; the last is a field where one fits. */
  pathOf({ start, end }: Range): readonly string[] {
    const path = structurePath(this.document.structure, start)
      .filter((node) => node.end >= end)
      .map(({ label }) => label);
    const field = fieldAt(this.fields, start);
    const fits = field !== null && field.start === start && field.end === end;
    return path.length > 0 || !fits ? path : [field.label];
  }

  #read(atMs: number): InspectedDocument {
    const { player, epochMs } = this.#inspection;
    const lookup = (id: ArtefactId): Artefact | undefined => player.artefacts.get(id);
    return inspectArtefact(this.artefact, lookup, { epochMs, atMs });
  }
}
