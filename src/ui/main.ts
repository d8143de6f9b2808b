import { mount } from 'svelte';
import App from './App.svelte';
import { I18n, preferredLanguage } from './i18n/i18n.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Router } from './routing/router.svelte.ts';
import './theme.css';

const router = new Router();
const preferences = new Preferences();
const language = preferredLanguage(router.route.language, preferences.language, ...navigator.languages);
const i18n = await I18n.load(language);
document.documentElement.lang = language;

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
mount(App, { target, props: { i18n, router, preferences } });
