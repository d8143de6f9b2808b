/** A page of the application. */
export type Page =
  | { readonly name: 'gallery' }
  | { readonly name: 'lesson'; readonly lesson: string; readonly step: string | null }
  | { readonly name: 'mesh' };

/** What an address says. It stands behind the `#`, so that any static host serves every page. */
export interface Route {
  readonly page: Page;
  readonly language: string | null;
  readonly embed: boolean;
}

const name = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Reads an address. Anything unknown is the gallery.
 *
 * @param search the query before the `#`, as in `location.search`
 * @param hash from the `#` on, as in `location.hash`: `#/lesson/rotation/half-life?lang=ko&embed`
 */
export function parseRoute(search: string, hash: string): Route {
  const [path = '', ownQuery = ''] = hash.replace(/^#/, '').split('?');
  const [outer, inner] = [new URLSearchParams(search), new URLSearchParams(ownQuery)];
  const embed = inner.get('embed') ?? outer.get('embed');
  return {
    page: parsePage(path.split('/').filter((part) => part !== '')),
    language: inner.get('lang') ?? outer.get('lang'),
    embed: embed !== null && embed !== '0' && embed !== 'false',
  };
}

function parsePage([kind, lesson, step]: readonly string[]): Page {
  if (kind === 'mesh') return { name: 'mesh' };
  if (kind !== 'lesson' || lesson === undefined || !name.test(lesson)) return { name: 'gallery' };
  return { name: 'lesson', lesson, step: step !== undefined && name.test(step) ? step : null };
}

/** The part of the address from the `#` on. */
export function formatRoute({ page, language, embed }: Route): string {
  const query = [language === null ? '' : `lang=${language}`, embed ? 'embed' : ''].filter(
    (part) => part !== '',
  );
  return `#/${formatPage(page)}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

function formatPage(page: Page): string {
  switch (page.name) {
    case 'gallery':
      return '';
    case 'mesh':
      return 'mesh';
    case 'lesson':
      return page.step === null ? `lesson/${page.lesson}` : `lesson/${page.lesson}/${page.step}`;
  }
}
