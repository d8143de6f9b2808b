import { createContext } from 'svelte';
import { trustAt, type TrustView } from '../../projection/trust/view.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import { meshTime } from '../inspector/mesh-time.ts';
import type { Player } from '../player/player.svelte.ts';
import type { Target } from '../player/target.ts';
import { Roving } from '../stage/roving.svelte.ts';
import { accountOf, authorityLines, leavesText, trustDomainOf, type Line, type Say } from './card-words.ts';
import { cardOf, type Card } from './cards.ts';
import type { TrustTexts } from './texts.svelte.ts';
import { forestOf, type TreeItem, type TrustForest } from './tree-items.ts';
import { layoutTree, type TreeLayout } from './tree-layout.ts';

const forgedShown = 2;

/** Everything the trust view draws, derived from where the reader stands in the run. */
export class TrustScene {
  readonly player: Player;
  readonly texts: TrustTexts;
  readonly i18n: I18n;

  readonly view: TrustView = $derived.by(() =>
    trustAt(this.player.entries, this.player.cursor, this.player.atMs),
  );
  readonly forest: TrustForest = $derived.by(() => forestOf(this.view));
  readonly cards: ReadonlyMap<string, Card> = $derived.by(() => this.#cardsOf());
  readonly layout: TreeLayout = $derived.by(() =>
    layoutTree(this.forest, ({ key }) => this.cards.get(key) ?? { width: 0, height: 0 }),
  );
  readonly roving = new Roving(
    () =>
      new Map(
        this.layout.items.map(({ item, x, y, width, height }) => [
          item.key,
          { x: x + width / 2, y: y + height / 2 },
        ]),
      ),
  );

  constructor(player: Player, i18n: I18n, texts: TrustTexts) {
    this.player = player;
    this.i18n = i18n;
    this.texts = texts;
  }

  readonly say: Say = (key, params = {}) => this.texts.say(key, params);

  /** When virtual time begins, in milliseconds of Unix time. */
  get epochMs(): number {
    const [first] = this.player.entries;
    return first?.kind === 'world.started' ? first.data.epochMs : 0;
  }

  readonly time = (atMs: number): string => meshTime(this.epochMs, atMs, this.i18n.language);

  /** The day of something far away. */
  readonly date = (atMs: number): string =>
    new Intl.DateTimeFormat(this.i18n.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
      this.epochMs + atMs,
    );

  /** What opening a card leads to. */
  targetOf(item: TreeItem): Target {
    switch (item.kind) {
      case 'authority':
        return { type: 'authority', authority: item.authority.name };
      case 'leaves':
        return { type: 'authority', authority: item.authority.name };
      case 'stolen':
        return { type: 'artefact', id: item.stolen.certificate };
      case 'forged':
        return { type: 'artefact', id: item.forged.at(-1)?.artefact ?? '' };
    }
  }

  isLit(item: TreeItem): boolean {
    const targets = item.kind === 'forged' ? item.forged.map(({ artefact }) => artefactTarget(artefact)) : [];
    if (item.kind === 'authority') {
      targets.push(...item.authority.certificates.map(({ artefact }) => artefactTarget(artefact)));
    }
    if (item.kind !== 'leaves') targets.push(this.targetOf(item));
    return targets.some((target) => this.player.isHighlighted(target));
  }

  isSelected(item: TreeItem): boolean {
    return item.kind !== 'leaves' && this.player.isSelected(this.targetOf(item));
  }

  /** A card in one sentence. */
  labelOf(item: TreeItem): string {
    const { title = '', lines = [] } = this.cards.get(item.key) ?? {};
    const identities =
      item.kind === 'leaves'
        ? item.authority.leaves.map(({ spiffeId, pods }) => `${accountOf(spiffeId)} ${pods.length}`)
        : [];
    const above = this.forestParent(item);
    const from = above === null ? [] : [this.say('edge_from', { issuer: above })];
    return [title, ...lines.map(({ text }) => text), ...identities, ...from].join(', ');
  }

  /** The CAs that have certified a CA, for those who cannot see the lines. */
  forestParent(item: TreeItem): string | null {
    if (item.kind !== 'authority') return null;
    const issuers = this.view.certifications.filter(({ to }) => to === item.authority.name);
    return issuers.length === 0 ? null : issuers.map(({ from }) => from).join(', ');
  }

  #cardsOf(): ReadonlyMap<string, Card> {
    const cards = new Map<string, Card>();
    const visit = ({ item, branches }: TrustForest['roots'][number]): void => {
      cards.set(item.key, cardOf(item, this.#title(item), this.#lines(item)));
      branches.forEach(visit);
    };
    this.forest.roots.forEach(visit);
    return cards;
  }

  #title(item: TreeItem): string {
    switch (item.kind) {
      case 'authority':
        return item.authority.name;
      case 'leaves':
        return leavesText(item.authority.leafCount, this.say);
      case 'stolen':
        return item.stolen.holder.split('/').at(-1) ?? item.stolen.holder;
      case 'forged':
        return item.forged.length === 1
          ? this.say('forged')
          : this.say('forged_many', { count: item.forged.length });
    }
  }

  #lines(item: TreeItem): Line[] {
    const { say, time } = this;
    switch (item.kind) {
      case 'authority': {
        const { judging } = this.view;
        return authorityLines(item.authority, { say, time, date: this.date, judging });
      }
      case 'leaves': {
        const count = item.authority.leaves.reduce((sum, each) => sum + each.underStolenKey, 0);
        return count === 0 ? [] : [{ text: say('leaves_under', { count }), tone: 'bad' }];
      }
      case 'stolen':
        return [
          { text: say('stolen_leaf'), tone: 'bad' },
          { text: say('stolen_leaf_until', { time: time(item.stolen.notAfterMs) }), tone: 'plain' },
        ];
      case 'forged': {
        const identities = [...new Set(item.forged.map(({ spiffeId }) => spiffeId))];
        const lines = identities.slice(0, forgedShown).map((spiffeId): Line => {
          const name = `${accountOf(spiffeId)} · ${trustDomainOf(spiffeId)}`;
          return { text: say('forged_says', { name }), tone: 'bad' };
        });
        const more = identities.length - lines.length;
        if (more > 0) lines.push({ text: say('forged_more', { count: more }), tone: 'bad' });
        return lines;
      }
    }
  }
}

function artefactTarget(id: string): Target {
  return { type: 'artefact', id };
}

export const [getTrust, setTrust] = createContext<TrustScene>();
