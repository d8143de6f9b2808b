import type { ExpectationResult, ReadableError } from '../../scenario/protocol.ts';

/** Where a reader stands with the goal of one step. */
export class GoalProgress {
  /** Null before the first check. */
  reached: boolean | null = $state(null);
  results: readonly ExpectationResult[] = $state.raw([]);
  /** Why the last check could not be run to its end. */
  error: ReadableError | null = $state.raw(null);
  checking = $state(false);
  hintsShown = $state(0);
  solutionShown = $state(false);
}
