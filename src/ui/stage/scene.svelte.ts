import { cubicOut } from 'svelte/easing';
import { prefersReducedMotion, Tween } from 'svelte/motion';
import { tlsConnectionOf } from '../../projection/tls/connection.ts';
import { changesBetween } from '../../projection/changes.ts';
import { project } from '../../projection/fold.ts';
import type { LinkModel, NodeModel, PodModel } from '../../projection/stage-model.ts';
import { stageFold } from '../../projection/stage.ts';
import { messagesAt, podsAt } from '../../projection/stage-view.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import { noIdentityColour, type IdentityColour } from '../identity-colour.ts';
import type { Player } from '../player/player.svelte.ts';
import { dayAndTime } from '../timeline/clock.ts';
import { captionOf, connectionCurve } from './anchors.ts';
import type { StageActions } from './actions.ts';
import type { Say } from './captions.ts';
import { pointAt, type Circle, type Curve, type Point, type Rect } from './geometry.ts';
import { placeLabels, type Obstacle } from './labels.ts';
import { layoutStage, type PodSize, type StageLayout } from './layout.ts';
import { linkWords, signShare, type LinkWords } from './link-words.ts';
import { drawMessages, type DrawnMessage } from './message-drawing.ts';
import { Roving } from './roving.svelte.ts';
import { glideMs, interpolateLayout } from './tween.ts';
import { StageZoom } from './zoom.svelte.ts';

export interface DrawnLink {
  readonly link: LinkModel;
  readonly curve: Curve;
  readonly words: LinkWords;
  readonly colour: string;
}

/** Everything the stage draws, derived from where the reader stands in the run and from the room there is. */
export class StageScene {
  readonly player: Player;
  readonly #i18n: I18n;
  /** Size of the container in units of 14.5 px text: a projector's larger type shrinks the room, not the words. */
  width = $state(0);
  height = $state(0);

  readonly state = $derived.by(() => project(stageFold, this.player.entries, this.player.cursor));
  readonly pods: readonly PodModel[] = $derived.by(() => podsAt(this.state, this.player.atMs));
  readonly nodes: readonly NodeModel[] = $derived.by(() => this.#nodesOf());

  /** Workload names that two namespaces use. */
  readonly ambiguous: ReadonlySet<string> = $derived.by(() => {
    const seen = new Map<string, string>();
    const twice = new Set<string>();
    for (const { workload, namespace } of this.pods) {
      if ((seen.get(workload) ?? namespace) !== namespace) twice.add(workload);
      seen.set(workload, namespace);
    }
    return twice;
  });

  #layoutKey = $derived.by(() => this.#layoutKeyOf());
  readonly layout = $derived.by(() => {
    return layoutStage(JSON.parse(this.#layoutKey) as Parameters<typeof layoutStage>[0]);
  });
  readonly #tween: Tween<StageLayout>;
  /** The layout while it glides to a new one. */
  readonly shown = $derived.by(() => this.#tween.current);

  readonly zoom = new StageZoom(() => this.layout);
  readonly links: readonly DrawnLink[] = $derived.by(() => this.#drawnLinks());
  readonly labels: ReadonlyMap<string, Point> = $derived.by(() => this.#placedLabels());
  readonly messages: readonly DrawnMessage[] = $derived.by(() => this.#drawnMessages());

  readonly podRoving = new Roving(() => this.layout.pods);
  readonly linkRoving = new Roving(
    () => new Map(this.links.map(({ link, curve }) => [link.key, pointAt(curve, 0.5)])),
  );

  readonly say: Say = (key, params = {}) => this.#i18n.find(key, params) ?? key;

  readonly actions: StageActions = {
    openArtefact: (id) => this.player.select({ type: 'artefact', id }),
    selectPod: (pod) => this.player.select({ type: 'pod', pod }),
    selectActor: (actor) => this.player.select({ type: 'actor', actor }),
    isLit: (id) => this.player.isHighlighted({ type: 'artefact', id }),
    selectEntry: (seq) => this.player.select({ type: 'entry', seq }),
  };

  constructor(player: Player, i18n: I18n) {
    this.player = player;
    this.#i18n = i18n;
    this.#tween = Tween.of(() => this.layout, {
      duration: (from, to) => (prefersReducedMotion.current ? 0 : glideMs(from, to)),
      easing: cubicOut,
      interpolate: interpolateLayout,
    });
  }

  /** The moment on display, in the mesh's own time. */
  get time(): string {
    return dayAndTime(this.state.epochMs + this.player.atMs, this.#i18n.language);
  }

  /** The colour of the identity a pod has, or has been promised; grey outside the mesh. */
  colourOf(pod: PodModel | undefined): IdentityColour {
    if (pod === undefined || !pod.injected) return noIdentityColour;
    const held = pod.envoy.secret ?? pod.agent.certificate;
    const { trustDomain } = this.state;
    return this.player.palette.of(
      held?.spiffeId ?? `spiffe://${trustDomain}/ns/${pod.namespace}/sa/${pod.serviceAccount}`,
    );
  }

  /** Whether the story or the pointer is on a pod, or on a policy that decided there last. */
  isLit(pod: PodModel): boolean {
    if (this.player.isHighlighted({ type: 'pod', pod: pod.ref })) return true;
    return Object.values(pod.decisions).some(
      ({ policy }) => policy !== null && this.player.isHighlighted({ type: 'policy', policy }),
    );
  }

  /** What to say of the way between two cursors. */
  tell(fromCursor: number, toCursor: number): string {
    const { direction, told, more } = changesBetween(this.player.entries, fromCursor, toCursor);
    if (direction === 'back') return this.say('stage_back_at', { time: this.time });
    const sentences = told.map((row) => `${this.say(`timeline_event_${row.id}`, row.params)}.`);
    if (more > 0) sentences.push(this.say('stage_more_changes', { count: more }));
    return sentences.join(' ');
  }

  /** A message of a TLS connection opens as part of it, any other as what it is. */
  openMessage({ id, artefact }: { readonly id: string; readonly artefact: string }): void {
    const connection = tlsConnectionOf(this.player.entries, this.player.trace.count, id);
    this.player.select(
      connection === null ? { type: 'artefact', id: artefact } : { type: 'handshake', connection },
    );
  }

  nameOf(systemId: string): string {
    return systemId.replace(/^(pod|agent|envoy|app|node):/, '').replace(/^[^/]*\//, '');
  }

  #nodesOf(): NodeModel[] {
    const known = [...this.state.nodes.values()];
    const strange = new Set(this.pods.map((pod) => pod.node));
    for (const node of known) strange.delete(node.name);
    return [...known, ...[...strange].map((name) => ({ name, podCidr: '', clockOffsetMs: 0 }))];
  }

  /** Everything the layout depends on, as text: it is made anew only when that changes. */
  #layoutKeyOf(): string {
    const nodes = this.nodes.map(({ name }) => ({
      name,
      pods: this.pods.filter((pod) => pod.node === name).map((pod) => pod.ref),
    }));
    const istiods = [...this.state.istiods.keys()];
    return JSON.stringify({ width: this.width, height: this.height, istiods, nodes });
  }

  #drawnLinks(): DrawnLink[] {
    const drawn: DrawnLink[] = [];
    for (const link of this.state.links.values()) {
      const curve = connectionCurve(this.shown, link.from, link.to);
      if (curve === null) continue;
      const words = linkWords(link, this.state, this.say);
      drawn.push({ link, curve, words, colour: this.colourOf(this.state.pods.get(link.from)).line });
    }
    return drawn.sort((a, b) => a.link.lastSeq - b.link.lastSeq);
  }

  #placedLabels(): ReadonlyMap<string, Point> {
    const { size, pods, nodes, istiods, apiServer, width, height } = this.layout;
    const roomy = size.detail === 'full' || size.detail === 'medium';
    const speaking = this.links.filter(({ words }) => words.lines.length > 0).reverse();
    const requests = speaking.slice(0, roomy ? 4 : 1).map(({ link, curve: shown, words }) => {
      const curve = connectionCurve(this.layout, link.from, link.to) ?? shown;
      const sign = pointAt(curve, signShare(link));
      return { key: link.key, curve, sign, width: words.width, height: words.height };
    });
    const obstacles: Obstacle[] = [
      ...[...istiods.values()].map((rect) => ({ rect, weight: 3 })),
      { rect: apiServer, weight: 3 },
      ...[...nodes.values()].map((box) => ({ rect: nodeLabelBox(box), weight: 2 })),
      ...[...pods.values()].flatMap((pod) => podObstacles(pod, size)),
      ...this.links.map((each) => ({ rect: signBox(each), weight: 8 })),
      ...this.links.flatMap(lineObstacles),
    ];
    return placeLabels(requests, obstacles, { x: 0, y: 0, width, height });
  }

  #drawnMessages(): DrawnMessage[] {
    const messages = messagesAt(this.state, this.player.atMs);
    return drawMessages(messages, this.shown, this.zoom.view.k, this.player.playing);
  }

  /** Between the control plane and the nodes: where a word about an empty stage crosses nothing. */
  get emptyAt(): number {
    const { apiServer, nodes, height, beside } = this.layout;
    if (beside) return height - 24;
    const bottom = apiServer.y + apiServer.height;
    const top = nodes.values().next().value?.y ?? height;
    return (bottom + top) / 2 + 5;
  }
}

/** The ring of a pod, and the text below it. */
function podObstacles(pod: Circle, size: PodSize): Obstacle[] {
  const { x, y, r } = pod;
  return [
    { rect: { x: x - r, y: y - r, width: 2 * r, height: 2 * r }, weight: 2 },
    { rect: captionOf(pod, size), weight: 2 },
  ];
}

/** A line as a string of beads: a label had better not lie on it. */
function lineObstacles({ curve }: DrawnLink): Obstacle[] {
  return [0.12, 0.27, 0.42, 0.58, 0.73, 0.88].map((share) => {
    const { x, y } = pointAt(curve, share);
    return { rect: { x: x - 6, y: y - 6, width: 12, height: 12 }, weight: 5 };
  });
}

function nodeLabelBox({ x, y, width, height }: Rect): Rect {
  return { x: x + 10, y: y + height - 28, width: Math.min(150, width - 20), height: 22 };
}

function signBox({ link, curve }: DrawnLink): Rect {
  const { x, y } = pointAt(curve, signShare(link));
  return { x: x - 12, y: y - 12, width: 24, height: 24 };
}
