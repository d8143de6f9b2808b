/** One number of a run, beside the budget it has. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the project promises; null for a number that only explains another. */
  readonly goal: number | null;
  readonly better: 'lower' | 'higher';
}

/** A named group of measurements. Ratios are of things measured in the same run, so that machines do not matter. */
export interface Bench {
  readonly name: string;
  /** One sentence for `--list`. */
  readonly what: string;
  run(note: (line: string) => void): Promise<readonly Measure[]>;
}

export function lower(name: string, value: number, unit: string, goal: number | null = null): Measure {
  return { name, value, unit, goal, better: 'lower' };
}

export function higher(name: string, value: number, unit: string, goal: number | null = null): Measure {
  return { name, value, unit, goal, better: 'higher' };
}

export function withinGoal({ value, goal, better }: Measure): boolean {
  return goal === null || (better === 'lower' ? value <= goal : value >= goal);
}
