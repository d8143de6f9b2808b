import type { Entry } from '../trace/entry.ts';

/** How many entries lie between two kept states; a projection replays at most this many. */
export const CHECKPOINT_EVERY = 256;

/**
 * A view of a trace as a fold over its entries.
 *
 * `step` may change its draft: it is only ever given a state that `start` or `copy` has just made, so a state that
 * was handed out never changes.
 */
export interface Fold<State> {
  readonly start: () => State;
  /** A state that shares nothing with the given one that `step` would write to. */
  readonly copy: (state: State) => State;
  readonly step: (draft: State, entry: Entry) => void;
}

interface Checkpoint<State> {
  readonly cursor: number;
  /** The entry just before the cursor: tells whether the array still holds the run this state was made from. */
  readonly last: Entry | null;
  readonly state: State;
}

type Checkpoints<State> = Checkpoint<State>[];

const memo = new WeakMap<object, WeakMap<readonly Entry[], Checkpoints<unknown>>>();

/**
 * The state of a fold after the first `cursor` entries.
 *
 * Costs at most `CHECKPOINT_EVERY` steps beyond the first visit of a region. The array may grow, and may be cut and
 * continued differently (a rewind): states of entries that are gone are forgotten.
 *
 * @param cursor number of entries to take, 0 … entries.length; values outside are clamped
 */
export function project<State>(fold: Fold<State>, entries: readonly Entry[], cursor: number): State {
  const end = Math.max(0, Math.min(Math.trunc(cursor), entries.length));
  const checkpoints = checkpointsOf(fold, entries);
  forgetStale(checkpoints, entries);
  const from = nearest(checkpoints, end);
  if (from?.cursor === end) return from.state;

  const draft = from === undefined ? fold.start() : fold.copy(from.state);
  for (let index = from?.cursor ?? 0; index < end; index += 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    fold.step(draft, entry);
    const passed = index + 1;
    if (passed % CHECKPOINT_EVERY === 0 && (checkpoints.at(-1)?.cursor ?? 0) < passed) {
      checkpoints.push({ cursor: passed, last: entry, state: fold.copy(draft) });
    }
  }
  return draft;
}

function checkpointsOf<State>(fold: Fold<State>, entries: readonly Entry[]): Checkpoints<State> {
  let ofFold = memo.get(fold);
  if (ofFold === undefined) {
    ofFold = new WeakMap();
    memo.set(fold, ofFold);
  }
  let checkpoints = ofFold.get(entries);
  if (checkpoints === undefined) {
    checkpoints = [];
    ofFold.set(entries, checkpoints);
  }
  return checkpoints as Checkpoints<State>;
}

function forgetStale<State>(checkpoints: Checkpoints<State>, entries: readonly Entry[]): void {
  while (checkpoints.length > 0) {
    const last = checkpoints.at(-1);
    if (last === undefined || entries[last.cursor - 1] === last.last) return;
    checkpoints.pop();
  }
}

/** Checkpoints stand at every multiple of the distance up to the last, so the nearest one is found by division. */
function nearest<State>(checkpoints: Checkpoints<State>, cursor: number): Checkpoint<State> | undefined {
  const passed = Math.floor(cursor / CHECKPOINT_EVERY);
  return checkpoints[Math.min(passed, checkpoints.length) - 1];
}
