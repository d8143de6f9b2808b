import { podOfActor } from '../pod-names.ts';
import type { CaChannel } from './channel.ts';
import type { CaServerEnd } from './port.ts';

/** Both ends of the connections to istiod's port 15012, by their id. */
export class CaConnections {
  readonly channels = new Map<string, CaChannel>();
  readonly served = new Map<string, CaServerEnd>();
  #count = 0;

  nextId(): string {
    this.#count += 1;
    return `ca:${this.#count}`;
  }

  /** A pod is gone, and its end of every connection with it. */
  forgetPod(pod: string): void {
    for (const [id, { local }] of this.channels) {
      if (podOfActor(local) !== pod) continue;
      this.channels.delete(id);
      this.served.delete(id);
    }
  }
}
