import type { Timer, VirtualClock } from '../sim/index.ts';

/** What a pod's actors wait for: the end of a call, of a certificate's first part, of a certificate, of an idle channel. */
type AlarmName = 'call' | 'renewal' | 'expiry' | 'idle';

/**
 * The long timers of a pod, most of which are cancelled or set anew. They stand outside XState: its scheduler keeps
 * each under a text made for it, and looks through the timers of all actors whenever one stops.
 */
export class Alarms {
  readonly #clock: VirtualClock;
  #call: Timer | null = null;
  #renewal: Timer | null = null;
  #expiry: Timer | null = null;
  #idle: Timer | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Calls `ring` once, `delayMs` from now, instead of what this alarm was set to before. */
  set(name: AlarmName, delayMs: number, ring: () => void): void {
    this.#keep(name, this.#clock.setTimeout(ring, delayMs));
  }

  cancel(name: AlarmName): void {
    this.#keep(name, null);
  }

  cancelAll(): void {
    this.cancel('call');
    this.cancel('renewal');
    this.cancel('expiry');
    this.cancel('idle');
  }

  #keep(name: AlarmName, timer: Timer | null): void {
    if (name === 'call') this.#call = this.#replace(this.#call, timer);
    else if (name === 'renewal') this.#renewal = this.#replace(this.#renewal, timer);
    else if (name === 'expiry') this.#expiry = this.#replace(this.#expiry, timer);
    else this.#idle = this.#replace(this.#idle, timer);
  }

  #replace(old: Timer | null, timer: Timer | null): Timer | null {
    this.#clock.clearTimeout(old);
    return timer;
  }
}
