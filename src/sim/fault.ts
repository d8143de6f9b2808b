/** The two ends of a link. A message names them when it is sent. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** Which messages a fault concerns: both ends, one end (the other may be anybody), or a question of your own. */
export type LinkMatch = Partial<Link> | ((link: Link) => boolean);

/** What is wrong with a link. Several properties, and several faults on one link, add up. */
export interface Fault {
  /** Messages sent while the fault lasts are lost on the way; the sender is not told. */
  readonly drop?: boolean;
  /** Added to the latency of messages sent while the fault lasts. */
  readonly delayMs?: number;
  /** Gets a copy of the bytes and gives what arrives instead. */
  readonly tamper?: (payload: Uint8Array) => Uint8Array;
  /** Nothing arrives in either direction while it lasts, not even what was on the way when it began. */
  readonly partition?: boolean;
  /** Messages sent while the fault lasts arrive at this address instead. */
  readonly redirect?: string;
}

const NONE: readonly Fault[] = [];

/** The faults of all links. */
export class Faults {
  readonly #all = new Set<{ readonly match: LinkMatch; readonly fault: Fault }>();

  /** Adds a fault and returns how to heal it. */
  add(match: LinkMatch, fault: Fault): () => void {
    const entry = { match, fault };
    this.#all.add(entry);
    return () => this.#all.delete(entry);
  }

  clear(): void {
    this.#all.clear();
  }

  /** The faults on a link, oldest first. */
  on(link: Link): readonly Fault[] {
    if (this.#all.size === 0) return NONE;
    return [...this.#all].filter(({ match }) => matches(match, link)).map(({ fault }) => fault);
  }

  /** True while no message may pass between the two ends. */
  partitions({ from, to }: Link): boolean {
    if (this.#all.size === 0) return false;
    const isCut = ({ partition }: Fault) => partition === true;
    return this.on({ from, to }).some(isCut) || this.on({ from: to, to: from }).some(isCut);
  }
}

function matches(match: LinkMatch, link: Link): boolean {
  if (typeof match === 'function') return match(link);
  return (match.from ?? link.from) === link.from && (match.to ?? link.to) === link.to;
}
