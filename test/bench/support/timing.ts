export async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

export interface Cost {
  readonly ms: number;
  /** Of all threads, which a busy machine does not change much. */
  readonly cpuMs: number;
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const ms = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Milliseconds per call of each contestant. They take turns, so that a busy moment of the machine hits all. */
export async function race<Name extends string>(
  contestants: Readonly<Record<Name, () => Promise<unknown>>>,
  { rounds, perRound }: { readonly rounds: number; readonly perRound: number },
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(contestants) as Name[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const ms = await timed(async () => {
        for (let i = 0; i < perRound; i++) await contestants[name]();
      });
      // The first round only warms up.
      if (round >= 0) times.get(name)?.push(ms / perRound);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}
