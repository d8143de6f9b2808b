import type { InputFile, LearnerCommand } from '../../scenario/protocol.ts';
import { asRecord, kept } from '../shared/storage.ts';

/** Something that was done to the mesh, so that it can be done again after a reload. */
export type Move =
  | { readonly type: 'act'; readonly command: LearnerCommand }
  | { readonly type: 'apply'; readonly files: readonly InputFile[] }
  /** Virtual time went on to here. */
  | { readonly type: 'advance'; readonly toMs: number };

export interface MeshMemory {
  readonly files: readonly InputFile[];
  /** The files the mesh was started with; null when none runs. */
  readonly started: readonly InputFile[] | null;
  readonly moves: readonly Move[];
}

export const longestFile = 500_000;
export const mostFiles = 50;
const longestMemory = 1_500_000;
const mostMoves = 300;

const store = kept<MeshMemory>('mesh', (value) => {
  const { files, started, moves } = asRecord(value);
  return {
    files: asFiles(files),
    started: Array.isArray(started) ? asFiles(started) : null,
    moves: Array.isArray(moves) ? (moves as Move[]) : [],
  };
});

export function recallMesh(): MeshMemory {
  return store.read();
}

/** Remembers a mesh. One that is too large to be kept whole keeps its files, and starts from them afresh. */
export function rememberMesh({ files, started, moves }: MeshMemory): void {
  const whole = { files, started, moves: joined(moves) };
  const fits = whole.moves.length <= mostMoves && JSON.stringify(whole).length <= longestMemory;
  store.write(fits ? whole : { files, started: lastApplied({ started, moves }), moves: [] });
}

/** The files that what runs was made of last; null when nothing runs. */
export function lastApplied({
  started,
  moves,
}: Pick<MeshMemory, 'started' | 'moves'>): readonly InputFile[] | null {
  const last = moves.findLast((move) => move.type === 'apply');
  return started && last ? last.files : started;
}

/** Adjacent advances are one: it is the last time that counts. */
function joined(moves: readonly Move[]): readonly Move[] {
  return moves.filter((move, i) => !(move.type === 'advance' && moves[i + 1]?.type === 'advance'));
}

function asFiles(value: unknown): readonly InputFile[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(
      (file: unknown): file is InputFile =>
        typeof asRecord(file)['name'] === 'string' && typeof asRecord(file)['text'] === 'string',
    )
    .slice(0, mostFiles);
}
