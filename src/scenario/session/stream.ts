import type { Mesh } from '../../mesh/index.ts';
import type { Artefact, ArtefactId, Entry } from '../../trace/index.ts';
import type { SessionReport } from '../protocol.ts';

/** How much of a run the receiver has already: of a rewound run, what came before the point it went back to. */
export interface StreamStart {
  readonly entries: number;
  readonly artefacts: number;
}

/** Sends what a mesh appends, in batches: a message each would cost more than the entries themselves. */
export class TraceStream {
  readonly #send: (report: SessionReport) => void;
  readonly #start: StreamStart;
  readonly #ids: ArtefactId[] = [];
  readonly #stop: readonly (() => void)[];
  #entries: Entry[] = [];
  #artefacts: Artefact[] = [];

  /** Begins with what the mesh holds already. */
  constructor(
    mesh: Mesh,
    send: (report: SessionReport) => void,
    start: StreamStart = { entries: 0, artefacts: 0 },
  ) {
    this.#send = send;
    this.#start = start;
    for (const entry of mesh.trace.entries) this.#takeEntry(entry);
    for (const artefact of mesh.artefacts.all()) this.#takeArtefact(artefact);
    this.#stop = [
      mesh.trace.onAppend((entry) => this.#takeEntry(entry)),
      mesh.artefacts.onPut((artefact) => this.#takeArtefact(artefact)),
    ];
  }

  /** Sends what has come since the last time; nothing where nothing has. */
  flush(): void {
    if (this.#entries.length === 0 && this.#artefacts.length === 0) return;
    const [entries, artefacts] = [this.#entries, this.#artefacts];
    // Forgotten first: what cannot be sent once cannot be sent twice.
    this.#entries = [];
    this.#artefacts = [];
    this.#send({ type: 'appended', entries, artefacts });
  }

  /** Ids of the artefacts from a point on, in the order of making. */
  artefactsFrom(count: number): readonly ArtefactId[] {
    return this.#ids.slice(count);
  }

  stop(): void {
    for (const stop of this.#stop) stop();
  }

  #takeEntry(entry: Entry): void {
    if (entry.seq >= this.#start.entries) this.#entries.push(entry);
  }

  #takeArtefact(artefact: Artefact): void {
    this.#ids.push(artefact.id);
    if (this.#ids.length > this.#start.artefacts) this.#artefacts.push(artefact);
  }
}
