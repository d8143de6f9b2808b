import { createContext } from 'svelte';
import type { InputFile, ReadableError } from '../../scenario/protocol.ts';
import type { Ask, Line } from '../worker/client.ts';
import { World } from '../world/world.svelte.ts';
import { readFiles, type LeftOut } from './input.ts';
import { lastApplied, recallMesh, rememberMesh, type Move } from './memory.ts';

/** Time enough for every pod of a healthy mesh to get its certificate. */
const settleMs = 10_000;

/** A mesh of the reader's own: the files, the world they became, and what was done to it since. */
export class MeshSession {
  readonly world: World;
  #files: readonly InputFile[] = $state.raw([]);
  #started: readonly InputFile[] | null = $state.raw(null);
  #applied: readonly InputFile[] | null = $state.raw(null);
  #moves: readonly Move[] = [];
  #current = $state(0);
  #restoring = $state(false);
  #leftOut: readonly LeftOut[] = $state.raw([]);

  constructor(start?: () => Line) {
    this.world = new World(start, (ask, atMs) => {
      this.#record(ask, atMs);
    });
    this.world.player.speed = 600;
    this.world.player.goOn = (ms) => {
      this.world.feed(ms);
    };
    this.#files = recallMesh().files;
  }

  get files(): readonly InputFile[] {
    return this.#files;
  }

  get current(): number {
    return Math.min(this.#current, Math.max(0, this.#files.length - 1));
  }

  set current(index: number) {
    this.#current = index;
  }

  get running(): boolean {
    return this.#started !== null;
  }

  /** Whether what runs is being brought back after a reload. */
  get restoring(): boolean {
    return this.#restoring;
  }

  /** Whether the text differs from what runs. */
  get changed(): boolean {
    return JSON.stringify(this.#files) !== JSON.stringify(this.#applied);
  }

  /** Files that were given last and could not be taken. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  forgetLeftOut(): void {
    this.#leftOut = [];
  }

  errorsOf(name: string): readonly ReadableError[] {
    return this.world.refusals.filter(({ file }) => file === name);
  }

  edit(index: number, change: Partial<InputFile>): void {
    this.#files = this.#files.map((file, i) => (i === index ? { ...file, ...change } : file));
    this.#remember();
  }

  /** Reads files that were dropped, chosen or pasted, and adds those that can be taken. */
  async take(list: Iterable<File>): Promise<void> {
    const { files, leftOut } = await readFiles(list, this.#files.length);
    this.#leftOut = leftOut;
    if (files.length > 0) this.add(files);
  }

  /** Takes a pasted text as a file. */
  takeText(name: string, text: string): Promise<void> {
    return this.take([new File([text], name)]);
  }

  /** Adds files; a name that is taken gets a number. Goes to the last one. */
  add(files: readonly InputFile[]): void {
    const names = new Set(this.#files.map(({ name }) => name));
    const added = files.map(({ name, text }) => {
      const free = freeName(name, names);
      names.add(free);
      return { name: free, text };
    });
    this.#files = [...this.#files, ...added];
    this.#current = this.#files.length - 1;
    this.#remember();
  }

  remove(index: number): void {
    this.#files = this.#files.filter((_, i) => i !== index);
    this.#remember();
  }

  /** Starts a new mesh from the files. */
  async start(): Promise<void> {
    const files = this.#files;
    const opened = await this.world.open({ type: 'open-mesh', files });
    if (opened.type === 'failed' && opened.error.fatal) this.world.end(opened.error);
    if (opened.type !== 'opened') return;
    this.#started = this.#applied = files;
    this.#moves = [];
    this.#remember();
    await this.world.advance(settleMs);
  }

  /** Applies the files to the mesh that runs, as kubectl would. */
  async apply(): Promise<void> {
    const files = this.#files;
    if (!this.running) return this.start();
    if (!(await this.world.apply(files))) return;
    this.#applied = files;
    await this.world.advance(settleMs);
  }

  /** Brings back what ran before a reload: the same files and seed, and the same things done to it. */
  async restore(): Promise<void> {
    const { started, moves } = recallMesh();
    if (started === null) return;
    this.#restoring = true;
    const opened = await this.world.open({ type: 'open-mesh', files: started });
    if (opened.type === 'opened') {
      this.#started = started;
      this.#applied = lastApplied({ started, moves });
      for (const move of moves) await this.#repeat(move);
    }
    this.world.player.toHead();
    this.#restoring = false;
  }

  clear(): void {
    this.world.player.clear();
    this.world.dismissRefusals();
    this.#files = [];
    this.#leftOut = [];
    this.#started = this.#applied = null;
    this.#moves = [];
    this.#remember();
    void this.world.ask({ type: 'close' });
  }

  togglePlay(): void {
    const { player } = this.world;
    if (player.playing) player.pause();
    else if (this.running) player.play();
  }

  async #repeat(move: Move): Promise<void> {
    const { world } = this;
    if (move.type !== 'advance') await world.ask(move);
    else await world.ask({ type: 'advance', ms: Math.max(0, move.toMs - world.player.trace.headMs) });
  }

  #record(ask: Ask, atMs: number): void {
    const advanced = ask.type === 'advance' || (ask.type === 'act' && ask.command.type === 'advance-to');
    if (advanced) this.#moves = [...this.#moves, { type: 'advance', toMs: atMs }];
    else if (ask.type === 'act' || ask.type === 'apply') this.#moves = [...this.#moves, ask];
    else return;
    if (!this.#restoring) this.#remember();
  }

  #remember(): void {
    rememberMesh({ files: this.#files, started: this.#started, moves: this.#moves });
  }
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, ending = ''] = /^(.*?)(\.ya?ml)?$/.exec(name) ?? [];
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${stem}-${n}${ending}`;
  return free;
}

export const [getMesh, setMesh] = createContext<MeshSession>();
