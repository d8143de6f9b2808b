/** A page of the application. */
export type Page =
  | { readonly name: 'gallery' }
  /** Neither has to exist. */
  | { readonly name: 'lesson'; readonly lesson: string; readonly step: string | null }
  | { readonly name: 'mesh' }
  | { readonly name: 'verify' };

/** What an address says. It stands behind the `#`, so that any static host serves every page. */
export interface Route {
  readonly page: Page;
  readonly language: string | null;
  readonly embed: boolean;
}

/** A longer name than any lesson or step has is no name. */
const longestName = 80;

/**
 * Reads an address. Where it names no page it is the gallery; any other name is taken for a lesson's.
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

function parsePage(parts: readonly string[]): Page {
  const [kind = ''] = parts;
  if (kind === 'mesh' || kind === 'verify') return { name: kind };
  // A page that there is none of is looked for among the lessons, so that somebody says that it is not there.
  const [lesson = '', step = ''] = kind === 'lesson' ? parts.slice(1) : parts;
  const wanted = nameIn(lesson);
  return wanted === null ? { name: 'gallery' } : { name: 'lesson', lesson: wanted, step: nameIn(step) };
}

/** A name as it was written, right or wrong: whoever cannot find it says so. Null where there is none to speak of. */
function nameIn(part: string): string | null {
  try {
    const name = decodeURIComponent(part);
    return name.trim() === '' || name.length > longestName || /\p{Cc}/u.test(name) ? null : name;
  } catch {
    return null;
  }
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
    case 'verify':
      return page.name;
    case 'lesson':
      return ['lesson', page.lesson, ...(page.step === null ? [] : [page.step])]
        .map(encodeURIComponent)
        .join('/');
  }
}
