import type { VirtualClock } from './clock.ts';
import { Faults, type Fault, type Link, type LinkMatch } from './fault.ts';
import type { RandomStream, RandomStreams } from './random.ts';

/** What a sender hands over. The bytes belong to the wire from then on and must not be written to again. */
export interface Outgoing<Meta, Protocol extends string> extends Link {
  readonly protocol: Protocol;
  readonly label: string;
  readonly payload: Uint8Array;
  /** Travels beside the bytes for the observers' sake; nothing on the way looks at it. */
  readonly meta: Meta;
}

/** A message on its way. */
export interface Message<Meta, Protocol extends string> extends Outgoing<Meta, Protocol> {
  /** `message:<ordinal>`. */
  readonly id: string;
  /** Where it will really arrive: `to`, unless the link redirects it. */
  readonly arrivesAt: string;
  readonly sentAtMs: number;
  readonly dueAtMs: number;
}

/** Why a message did not arrive: lost by a fault, cut off by a partition, or nobody is attached at the address. */
export type DropReason = 'dropped' | 'partition' | 'no-receiver';

export interface Latency {
  readonly baseMs: number;
  /** Up to this much is added, drawn for each message. Whole milliseconds. */
  readonly jitterMs: number;
}

export interface WireHooks<Meta, Protocol extends string> {
  readonly onSent?: (message: Message<Meta, Protocol>) => void;
  /** Called just before the receiver handles the message. */
  readonly onDelivered?: (message: Message<Meta, Protocol>) => void;
  readonly onDropped?: (message: Message<Meta, Protocol>, reason: DropReason) => void;
}

export interface WireOptions<Meta, Protocol extends string> extends WireHooks<Meta, Protocol> {
  readonly clock: VirtualClock;
  /** Each link draws its latencies from a stream of its own, named `link:<from>><to>`. */
  readonly random: RandomStreams;
  readonly latency: Latency;
}

interface LinkState {
  readonly random: RandomStream;
  lastDueMs: number;
}

/**
 * Owns every message in flight. A message is bytes under way between two addresses: it outlives its sender, takes its
 * link's latency, never overtakes an earlier one of the same link (links are streams, as TCP's), and meets its link's
 * faults. What is lost is lost when it would have arrived.
 */
export class Wire<Meta = unknown, Protocol extends string = string> {
  readonly #options: WireOptions<Meta, Protocol>;
  readonly #receivers = new Map<string, (message: Message<Meta, Protocol>) => void>();
  /** By sender, then by where it arrives. */
  readonly #links = new Map<string, Map<string, LinkState>>();
  readonly #faults = new Faults();
  #sent = 0;
  #inFlight = 0;

  constructor(options: WireOptions<Meta, Protocol>) {
    this.#options = options;
  }

  /** Messages under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Receives the messages that arrive at an address; returns how to detach again.
   * @throws Error when the address is taken.
   */
  attach(address: string, handler: (message: Message<Meta, Protocol>) => void): () => void {
    if (this.#receivers.has(address)) throw new Error(`address ${address} is attached already`);
    this.#receivers.set(address, handler);
    return () => {
      if (this.#receivers.get(address) === handler) this.#receivers.delete(address);
    };
  }

  /** What arrives at the address from now on finds no receiver. */
  detach(address: string): void {
    this.#receivers.delete(address);
  }

  /** Puts a fault on links; returns how to heal this one. */
  setFault(match: LinkMatch, fault: Fault): () => void {
    return this.#faults.add(match, fault);
  }

  /** Heals every fault. What a fault did to messages already under way stays done. */
  heal(): void {
    this.#faults.clear();
  }

  /** Sends a message and returns its id. */
  send(outgoing: Outgoing<Meta, Protocol>): string {
    const { clock, onSent } = this.#options;
    const { from, to, protocol, label, payload, meta } = outgoing;
    const faults = this.#faults.on(outgoing);
    const isPlain = faults.length === 0;
    const arrivesAt = isPlain ? to : faults.reduce((address, fault) => fault.redirect ?? address, to);
    // Field by field: a spread costs several times as much, and this runs for every message of the world.
    const message: Message<Meta, Protocol> = {
      from,
      to,
      protocol,
      label,
      meta,
      id: `message:${++this.#sent}`,
      payload: isPlain
        ? payload
        : faults.reduce((bytes, { tamper }) => tamper?.(bytes.slice()) ?? bytes, payload),
      arrivesAt,
      sentAtMs: clock.now(),
      dueAtMs: this.#dueAtMs(from, arrivesAt, faults),
    };
    const isLost = !isPlain && faults.some(({ drop }) => drop === true);
    this.#inFlight += 1;
    onSent?.(message);
    clock.at(message.dueAtMs, () => this.#arrive(message, isLost));
    return message.id;
  }

  #dueAtMs(from: string, to: string, faults: readonly Fault[]): number {
    const { clock, latency } = this.#options;
    const state = this.#link(from, to);
    const latencyMs = latency.baseMs + state.random.int(Math.floor(latency.jitterMs) + 1);
    const delayMs = faults.length === 0 ? 0 : faults.reduce((sum, fault) => sum + (fault.delayMs ?? 0), 0);
    state.lastDueMs = Math.max(state.lastDueMs, clock.now() + latencyMs + delayMs);
    return state.lastDueMs;
  }

  #link(from: string, to: string): LinkState {
    let links = this.#links.get(from);
    if (!links) this.#links.set(from, (links = new Map<string, LinkState>()));
    let state = links.get(to);
    if (!state) {
      state = { random: this.#options.random.stream(`link:${from}>${to}`), lastDueMs: 0 };
      links.set(to, state);
    }
    return state;
  }

  #arrive(message: Message<Meta, Protocol>, isLost: boolean): void {
    const { onDelivered, onDropped } = this.#options;
    this.#inFlight -= 1;
    const receiver = this.#receivers.get(message.arrivesAt);
    const reason = this.#dropReason(message, isLost, receiver !== undefined);
    if (reason) {
      onDropped?.(message, reason);
      return;
    }
    onDelivered?.(message);
    receiver?.(message);
  }

  #dropReason(message: Message<Meta, Protocol>, isLost: boolean, isReceived: boolean): DropReason | null {
    if (isLost) return 'dropped';
    if (this.#faults.partitions({ from: message.from, to: message.arrivesAt })) return 'partition';
    return isReceived ? null : 'no-receiver';
  }
}
