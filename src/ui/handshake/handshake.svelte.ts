import { createContext } from 'svelte';
import { parseCertificate } from '../../core/pki/certificate.ts';
import { actorOf } from '../../projection/actor.ts';
import { certificateAt } from '../../projection/detail/certificates.ts';
import { certificateTitle } from '../../projection/inspect/certificate.ts';
import type { TlsConnection } from '../../projection/tls/connection.ts';
import { type Ladder, ladderAt } from '../../projection/tls/ladder.ts';
import type { LadderRow, Part, Phase } from '../../projection/tls/ladder-model.ts';
import { type Sight, sightOf, type Viewer } from '../../projection/tls/perspective.ts';
import { type Stop, stopAt, stopsOf } from '../../projection/tls/stops.ts';
import { storyOf } from '../../projection/tls/story.ts';
import type { ArtefactId } from '../../trace/artefact.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import { controlPlaneColour, type IdentityColour } from '../identity-colour.ts';
import type { Inspection } from '../inspector/inspection.svelte.ts';
import type { Player } from '../player/player.svelte.ts';
import type { HandshakeTexts } from './texts.svelte.ts';

/** What is open beside the ladder. */
export type Selection =
  | { readonly type: 'row'; readonly key: string }
  /** One part of a flight. */
  | { readonly type: 'part'; readonly key: string; readonly index: number }
  | { readonly type: 'secret'; readonly key: string }
  | { readonly type: 'artefact'; readonly id: ArtefactId };

const stepMs = 1_400;

/** A reader's way through one connection: the player's moment, whose eyes, and what is open. */
export class Handshake {
  readonly player: Player;
  readonly inspection: Inspection;
  readonly texts: HandshakeTexts;
  #viewer: Viewer = $state('narrator');
  #chosen: Selection | null = $state.raw(null);
  #trail: readonly Selection[] = $state.raw([]);
  #selectedBy = $state(0);
  /** The step that was stepped to; two steps may end at the same moment. */
  #stepped: number | null = $state(null);
  #timer: ReturnType<typeof setTimeout> | null = $state(null);

  /** Everything the run has of the connection: what lies ahead of the moment is drawn faintly. */
  readonly whole: Ladder | null = $derived.by(() => {
    const { view, trace } = this.player;
    const connection = view.handshake;
    return connection === null ? null : ladderAt(trace.entries, trace.count, connection);
  });
  readonly connection: TlsConnection | null = $derived(this.whole?.connection ?? null);
  readonly rows: readonly LadderRow[] = $derived(this.whole?.rows ?? []);
  /** The rows a viewer can tell apart: whoever has no keys sees flights, not what is in them. */
  readonly visibleRows: readonly LadderRow[] = $derived.by(() =>
    this.#viewer === 'eavesdropper' ? this.rows.filter(isTellable) : this.rows,
  );
  readonly story: readonly Phase[] = $derived(this.connection ? storyOf(this.connection) : []);
  readonly stops: readonly Stop[] = $derived(stopsOf(this.rows));
  readonly current: number = $derived.by(() => {
    const { cursor } = this.player;
    const stepped = this.#stepped === null ? undefined : this.stops[this.#stepped];
    return this.#stepped !== null && stepped?.cursor === cursor ? this.#stepped : stopAt(this.stops, cursor);
  });

  constructor(player: Player, inspection: Inspection, texts: HandshakeTexts) {
    this.player = player;
    this.inspection = inspection;
    this.texts = texts;
  }

  get viewer(): Viewer {
    return this.#viewer;
  }

  set viewer(viewer: Viewer) {
    this.#viewer = viewer;
    this.#trail = [];
    if (this.#chosen?.type === 'artefact') this.#chosen = null;
  }

  get stop(): Stop | null {
    return this.stops[this.current] ?? null;
  }

  /** What is open: what was chosen, or else what the step on display is about; at the end, why it failed. */
  get selection(): Selection | null {
    if (this.#chosen) return this.#chosen;
    const failed = this.current === this.stops.length - 1 ? failureAmong(this.visibleRows) : null;
    return failed ?? (this.stop ? mainOf(this.stop) : null);
  }

  /** Grows when the reader opens something on the ladder. */
  get selectedBy(): number {
    return this.#selectedBy;
  }

  select(selection: Selection): void {
    this.stopPlaying();
    this.#selectedBy += 1;
    this.#trail = [];
    this.#chosen = selection;
  }

  /** Opens something out of what is open. */
  follow(selection: Selection): void {
    const { selection: before } = this;
    this.#trail = before ? [...this.#trail, before] : this.#trail;
    this.#chosen = selection;
  }

  get canGoBack(): boolean {
    return this.#trail.length > 0;
  }

  goBack(): void {
    this.#chosen = this.#trail.at(-1) ?? null;
    this.#trail = this.#trail.slice(0, -1);
  }

  /** Another connection is on display: what was open of the one before is not. */
  reset(): void {
    this.#chosen = null;
    this.#trail = [];
    this.#stepped = null;
  }

  isSelected(selection: Selection): boolean {
    return JSON.stringify(this.selection) === JSON.stringify(selection);
  }

  /** Whether the moment on display has come to a row. */
  isReached({ seq }: LadderRow): boolean {
    return seq < this.player.cursor;
  }

  isCurrent(row: LadderRow): boolean {
    return this.stop?.rows.includes(row) ?? false;
  }

  sight(row: LadderRow): Sight {
    return sightOf(row, this.#viewer, this.player.cursor);
  }

  rowOf(key: string): LadderRow | null {
    return this.rows.find((row) => row.key === key) ?? null;
  }

  /** Goes to a step: the player's moment moves with it. */
  goTo(index: number): void {
    const stop = this.stops[Math.max(0, Math.min(index, this.stops.length - 1))];
    if (!stop) return;
    this.player.seek(stop.cursor);
    this.#stepped = this.stops.indexOf(stop);
    this.#chosen = null;
    this.#trail = [];
  }

  step(by: 1 | -1): void {
    this.stopPlaying();
    this.goTo(this.current + by);
  }

  get playing(): boolean {
    return this.#timer !== null;
  }

  /** Goes from step to step by itself; from the beginning where the end is reached. */
  play(): void {
    if (this.current >= this.stops.length - 1) this.goTo(0);
    this.#timer = setTimeout(() => {
      this.goTo(this.current + 1);
      if (this.current < this.stops.length - 1) this.play();
      else this.stopPlaying();
    }, stepMs);
  }

  stopPlaying(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The step's place in the story, from 1; null beside it. */
  numberOf({ phase }: Stop): number | null {
    const index = phase === null ? -1 : this.story.indexOf(phase);
    return index < 0 ? null : index + 1;
  }

  /** What one side is called, whoever looks. */
  ownName(side: TlsSide): string {
    const { connection } = this;
    return connection
      ? this.#workload(side === 'client' ? connection.client.actor : connection.serverActor)
      : '';
  }

  /** What one side is called: the account of its pod, or the address for those who see no more. */
  name(side: TlsSide): string {
    const { connection } = this;
    if (!connection) return '';
    if (this.#viewer === 'eavesdropper') {
      return side === 'client' ? connection.client.ip : connection.serverIp;
    }
    return this.ownName(side);
  }

  #workload(actor: string): string {
    const { pod } = actorOf(actor);
    if (pod === null) return this.inspection.actorName(actor);
    return this.inspection.podName(pod).split('-…')[0] ?? pod;
  }

  /** The SPIFFE ID of a side's certificate; null where there is none, or the viewer cannot know. */
  identity(side: TlsSide): string | null {
    const { connection } = this;
    if (!connection || this.#viewer === 'eavesdropper') return null;
    const certificate = (side === 'client' ? connection.client : connection.server)?.certificate ?? null;
    if (certificate === null) return null;
    const { entries, trace } = this.player;
    const known = certificateAt(entries, trace.count, certificate);
    return known && !known.isRoot && known.name.startsWith('spiffe://') ? known.name : null;
  }

  /** What a certificate calls itself, its issuer, and when it ends (milliseconds since 1970). */
  certificateName(id: ArtefactId | null): {
    readonly name: string;
    readonly issuer: string;
    readonly notAfterMs: number | null;
  } {
    const der = id === null ? undefined : this.player.artefacts.get(id)?.bytes;
    if (!der) return { name: id ?? '', issuer: '', notAfterMs: null };
    const certificate = parseCertificate(der);
    return {
      name: certificateTitle(certificate),
      issuer: certificate.issuer.toString(),
      notAfterMs: certificate.notAfter.getTime(),
    };
  }

  colour(side: TlsSide): IdentityColour {
    const id = this.identity(side);
    return id === null ? controlPlaneColour : this.player.palette.of(id);
  }
}

function isTellable(row: LadderRow, index: number, rows: readonly LadderRow[]): boolean {
  // What stays inside a pod, or inside an end, is not on the network.
  if (row.kind === 'plain' || row.kind === 'keys' || row.kind === 'done') return false;
  if (row.kind === 'resumption') return false;
  if (row.kind !== 'tls' || row.epoch === 'plaintext') return true;
  const first = rows.find(
    (other) => other.kind === 'tls' && other.message === row.message && other.firstRecord === row.firstRecord,
  );
  return rows[index] === first;
}

/** Where a connection came to grief; null where it did not. */
function failureAmong(rows: readonly LadderRow[]): Selection | null {
  const failed =
    rows.find((row) => row.kind === 'verification' && !row.ok) ??
    rows.find((row) => row.kind === 'tls' && row.alert?.level === 'fatal') ??
    rows.find((row) => row.kind === 'tls' && row.dropped !== null);
  if (!failed) return null;
  return failed.kind === 'tls'
    ? { type: 'part', key: failed.key, index: mainPart(failed.parts) }
    : { type: 'row', key: failed.key };
}

/** What a step is best understood by. */
function mainOf({ rows }: Stop): Selection | null {
  const row =
    rows.find((one) => one.kind !== 'keys' && (one.kind !== 'tls' || telling(one.parts))) ?? rows[0];
  if (!row) return null;
  if (row.kind !== 'tls') return { type: 'row', key: row.key };
  return { type: 'part', key: row.key, index: mainPart(row.parts) };
}

const byWeight = ['Certificate', 'ClientHello', 'ServerHello', 'Finished'];

function telling(parts: readonly Part[]): boolean {
  return parts.some(({ name }) => name !== 'ServerHello');
}

function mainPart(parts: readonly Part[]): number {
  for (const name of byWeight) {
    const index = parts.findIndex((part) => part.name === name);
    if (index >= 0) return index;
  }
  return Math.max(
    0,
    parts.findIndex(({ kind }) => kind !== 'change_cipher_spec'),
  );
}

export const [getHandshake, setHandshake] = createContext<Handshake>();
