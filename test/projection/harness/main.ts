// A page for looking at the stage and the timeline on hand-written traces; opened by hand, never shipped:
// npx vite --config test/projection/harness/vite.config.ts, then ?story=calls&lang=ko&theme=dark
import { mount } from 'svelte';
import '../../../src/ui/theme.css';
import { I18n } from '../../../src/ui/i18n/i18n.svelte.ts';
import { Player } from '../../../src/ui/player/player.svelte.ts';
import { birthStory, callsStory, crowdStory, longStory, rotationStory } from '../support/stories.ts';
import { realBirth, realCalls, realCrowd, realOutage } from '../support/real.ts';
import Harness from './Harness.svelte';

const wishes = new URLSearchParams(location.search);
const count = Number(wishes.get('count') ?? 12);
const stories = {
  birth: birthStory,
  calls: callsStory,
  rotation: rotationStory,
  crowd: () => crowdStory(count),
  long: () => longStory(count),
  realbirth: realBirth,
  realcalls: realCalls,
  realoutage: realOutage,
  realcrowd: () => realCrowd(count),
};

const theme = wishes.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;
const i18n = await I18n.load(wishes.get('lang') === 'ko' ? 'ko' : 'en');
document.documentElement.lang = i18n.language;
const player = new Player();
const story = await stories[(wishes.get('story') ?? 'calls') as keyof typeof stories]();
player.append(story, []);
const at = wishes.get('at');
player.toHead();
if (at !== null) player.seek(Number(at) < 0 ? story.length + Number(at) : Number(at));
const hours = wishes.get('hours');
if (hours !== null) player.seekTime(Number(hours) * 3_600_000);
Object.assign(globalThis, { player });
mount(Harness, { target: document.body, props: { player, i18n, show: wishes.get('show') ?? 'both' } });
