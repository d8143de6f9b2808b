import { createContext } from 'svelte';
import { formatRoute, parseRoute, type Page, type Route } from './route.ts';

/** The address of the page, as state. */
export class Router {
  #route: Route = $state.raw(parseRoute(location.search, location.hash));

  constructor() {
    // Covers typed addresses and links as well as back and forward.
    addEventListener('popstate', () => {
      this.#route = parseRoute(location.search, location.hash);
    });
  }

  get route(): Route {
    return this.#route;
  }

  get page(): Page {
    return this.#route.page;
  }

  get embed(): boolean {
    return this.#route.embed;
  }

  /** Goes to a page, so that back leads here. */
  go(page: Page): void {
    this.#set({ ...this.#route, page }, 'pushState');
  }

  /** Says better where the reader is, without a step in their history. */
  correct(change: Partial<Route>): void {
    this.#set({ ...this.#route, ...change }, 'replaceState');
  }

  /** For the `href` of a link within the application. */
  href(page: Page): string {
    return formatRoute({ ...this.#route, page });
  }

  /** A whole address, for sharing. */
  address(route: Partial<Route> = {}): string {
    const { origin, pathname } = location;
    return `${origin}${pathname}${formatRoute({ ...this.#route, ...route })}`;
  }

  #set(route: Route, how: 'pushState' | 'replaceState'): void {
    this.#route = route;
    const hash = formatRoute(route);
    if (hash !== location.hash) history[how](null, '', hash);
  }
}

export const [getRouter, setRouter] = createContext<Router>();
