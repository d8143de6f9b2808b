import { readFileSync } from 'node:fs';
import { loadResources, type LoadedResources, type Resource } from '../../../src/core/kubernetes/index.ts';

/** A manifest of this folder's `manifests/`. */
export function manifest(name: string) {
  return { name, text: readFileSync(new URL(`manifests/${name}`, import.meta.url), 'utf8') };
}

export function load(text: string): LoadedResources {
  return loadResources([{ name: 'input.yaml', text }]);
}

/** The only resource of a text that must be without errors. */
export function only<Kind extends Resource['kind']>(
  kind: Kind,
  text: string,
): Extract<Resource, { kind: Kind }> {
  const { resources, errors } = load(text);
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join('\n'));
  const [resource] = resources;
  if (resources.length !== 1 || resource?.kind !== kind) throw new Error(`expected one ${kind}`);
  return resource as Extract<Resource, { kind: Kind }>;
}

/** Errors as one would read them in an editor: `line:column rule message (hint)`. */
export function errorLines(text: string): string[] {
  return load(text).errors.map(
    ({ line, column, rule, message, hint }) =>
      `${line}:${column} ${rule} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

export function noticeLines(text: string): string[] {
  return load(text).notices.map(
    ({ line, code, message, hint }) => `${line} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}
