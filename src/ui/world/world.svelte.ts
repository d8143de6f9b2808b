import { createContext } from 'svelte';
import type { InputFile, LearnerCommand, ReadableError } from '../../scenario/protocol.ts';
import { Player } from '../player/player.svelte.ts';
import { SimulationClient, type Answer, type Ask, type Line, type News } from '../worker/client.ts';

/** How far a long stretch of virtual time has come. */
export interface Progress {
  readonly fromMs: number;
  readonly atMs: number;
  readonly targetMs: number;
}

/** A world in its worker, and the player that shows it: what lessons and a mesh of the reader's own have in common. */
export class World {
  readonly player: Player;
  readonly #client: SimulationClient;
  #busy = $state(0);
  #progress: Progress | null = $state.raw(null);
  #refusals: readonly ReadableError[] = $state.raw([]);
  #crash: ReadableError | null = $state.raw(null);
  #epochMs = $state(0);
  #feeding = false;
  #opening = false;
  readonly #onDone: (ask: Ask, atMs: number) => void;

  /** `onDone` hears of everything that was done, and of the virtual time at which it was over. */
  constructor(start?: () => Line, onDone: (ask: Ask, atMs: number) => void = () => undefined) {
    this.player = new Player();
    this.#onDone = onDone;
    this.#client = new SimulationClient((news) => {
      this.#hear(news);
    }, start);
    this.#client.onCrash = (error) => {
      this.end(error);
    };
  }

  /** Instant at which virtual time begins, in milliseconds of Unix time. */
  get epochMs(): number {
    return this.#epochMs;
  }

  /** Whether the world is at work on something that was asked of it. */
  get busy(): boolean {
    return this.#busy > 0;
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  /** What the world said no to last; empty once something else went well. */
  get refusals(): readonly ReadableError[] {
    return this.#refusals;
  }

  /** Why the world has ended; null while it lives. */
  get crash(): ReadableError | null {
    return this.#crash;
  }

  dismissRefusals(): void {
    this.#refusals = [];
  }

  /** Another world in the place of this one, which stays on display until the new one has something to show. */
  async open(ask: Extract<Ask, { type: 'open-lesson' | 'open-mesh' }>): Promise<Answer> {
    this.player.pause();
    this.#crash = null;
    // Elsewhere a browser has no WebCrypto to run a world with.
    if (globalThis.isSecureContext === false) return failed('insecure', 'this address is not secure');
    this.#opening = true;
    const answer = await this.ask(ask);
    this.#opening = false;
    return answer;
  }

  /** Asks the world for something. What fails is kept in `refusals` or `crash` as well as answered. */
  async ask(ask: Ask): Promise<Answer> {
    this.#busy += 1;
    const answer = await this.#exchange(ask);
    this.#busy -= 1;
    if (!this.busy) this.#progress = null;
    return answer;
  }

  async #exchange(ask: Ask): Promise<Answer> {
    const answer = await this.#client.ask(ask);
    if (answer.type === 'failed') this.#fail(answer.error, answer.errors);
    else this.#refusals = [];
    if (answer.type === 'opened') this.#epochMs = answer.epochMs;
    if (answer.type === 'done') {
      this.player.trace.reachTime(answer.atMs);
      this.#onDone(ask, answer.atMs);
    }
    if (answer.type === 'stepped') this.player.trace.reachTime(answer.mark.untilMs);
    return answer;
  }

  /** Does something and shows what came of it. True when the world did it. */
  act(command: LearnerCommand): Promise<boolean> {
    return this.#showing({ type: 'act', command });
  }

  apply(files: readonly InputFile[]): Promise<boolean> {
    return this.#showing({ type: 'apply', files });
  }

  runBook(file: InputFile): Promise<boolean> {
    return this.#showing({ type: 'run-book', file });
  }

  advance(ms: number): Promise<boolean> {
    return this.#showing({ type: 'advance', ms });
  }

  /** Lets time go on while playback is under way; one stretch at a time. */
  feed(ms: number): void {
    if (this.#feeding || this.busy) return;
    this.#feeding = true;
    void this.#exchange({ type: 'advance', ms }).then(() => {
      this.#feeding = false;
    });
  }

  /** Ends the world, for a reason that a reader may read. */
  end(error: ReadableError): void {
    this.player.pause();
    this.#crash = error;
  }

  close(): void {
    this.player.pause();
    this.#client.close();
  }

  /** Shows whatever a request brings, from where the world stood before it. */
  async #showing(ask: Ask): Promise<boolean> {
    const { player } = this;
    const live = player.playing && player.goOn !== null;
    const [beforeSeq, atMs] = [player.trace.count, player.trace.headMs];
    const answer = await this.ask(ask);
    if (answer.type === 'failed') return false;
    const untilMs = player.trace.headMs;
    if (!live) player.playSpan({ beforeSeq, afterSeq: player.trace.count, atMs, untilMs });
    return true;
  }

  #hear(news: News): void {
    switch (news.type) {
      case 'appended':
        if (this.#opening) this.player.clear();
        this.#opening = false;
        this.player.append(news.entries, news.artefacts);
        break;
      case 'reset':
        this.player.cut(news.seq, news.artefacts);
        break;
      case 'progress':
        if (!this.busy) break;
        this.#progress = {
          fromMs: this.#progress?.fromMs ?? news.atMs,
          atMs: news.atMs,
          targetMs: news.targetMs,
        };
        break;
      case 'failed':
        this.#fail(news.error, news.errors);
        break;
    }
  }

  #fail(error: ReadableError, errors: readonly ReadableError[]): void {
    if (error.fatal) this.end(error);
    else this.#refusals = errors.length > 0 ? errors : [error];
  }
}

function failed(rule: string, message: string): Answer {
  const error = { rule, message, fatal: true };
  return { type: 'failed', id: null, error, errors: [error] };
}

export const [getWorld, setWorld] = createContext<World>();
