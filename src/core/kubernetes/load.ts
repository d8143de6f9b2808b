import { Fields } from './fields.ts';
import { Findings, type InputError, type InputFile, type InputNotice, type SourcePosition } from './input.ts';
import { KINDS, knowsGroupOf, type KindRule } from './kinds.ts';
import type { Located } from './located.ts';
import { readObject } from './read/object.ts';
import { readMetadata } from './read/metadata.ts';
import { kindOf, type Resource } from './resources.ts';
import { didYouMean } from './suggest.ts';
import { readYaml } from './yaml.ts';

/** What was read, and everything to be said about it, each in the order of the text. */
export interface LoadedResources {
  /** What can be applied, in the order of the text. */
  readonly resources: Resource[];
  readonly errors: InputError[];
  readonly notices: InputNotice[];
}

/**
 * Reads Kubernetes and Istio manifests: several files, several documents a file, `List` kinds opened up.
 * An object that a cluster would refuse is reported and left out; the others are returned. Kinds that are not acted
 * upon are kept, so that they can be listed. Never throws for bad input.
 *
 * @param files - texts with the names to report them by; at most 1,048,576 characters and 2,000 documents together
 * @returns objects, errors that name rule, file, line and column, and notices for what means less here than in a cluster
 */
export function loadResources(files: readonly InputFile[]): LoadedResources {
  const findings = new Findings();
  const loader = new Loader(findings);
  for (const document of readYaml(files, findings)) loader.document(document.root);
  return {
    resources: loader.resources,
    errors: inOrder(findings.errors, files),
    notices: inOrder(findings.notices, files),
  };
}

class Loader {
  readonly resources: Resource[] = [];
  readonly #findings: Findings;
  readonly #seen = new Map<string, Resource>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  document(value: Located, path = '') {
    if (value.type !== 'map') {
      const message = 'a document must be a mapping with apiVersion, kind and metadata';
      this.#findings.error(value.at, 'document.type', message, {
        ...(value.type === 'scalar' ? { value: value.source } : {}),
      });
      return;
    }
    const fields = new Fields(value, '', path, this.#findings);
    const apiVersion = this.#text(fields, 'apiVersion');
    const kind = this.#text(fields, 'kind');
    if (apiVersion === null || kind === null) return;
    if (kind.endsWith('List') && fields.has('items')) this.#list(fields, kind);
    else this.#object(fields, apiVersion, kind);
  }

  #text(fields: Fields, key: string): string | null {
    const text = fields.string(key);
    if (text !== undefined && text !== '') return text;
    if (text === '' || !fields.has(key)) {
      const close = [...fields.keys].find((other) => didYouMean(other, [key]) !== undefined);
      fields.required(key, close === undefined ? undefined : `"${close}" is written here`);
    }
    return null;
  }

  #list(fields: Fields, kind: string) {
    for (const [index, item] of (fields.list('items') ?? []).entries())
      this.document(item, `${kind} items[${index}]`);
  }

  #object(fields: Fields, apiVersion: string, kind: string) {
    const rule = KINDS.get(kind);
    if (!this.#exists(fields, apiVersion, kind, rule)) return;
    const known = rule?.apiVersions.includes(apiVersion) ? rule : UNKNOWN;
    const errorsBefore = this.#findings.errors.length;
    const named = new Fields(fields.map, '', subjectOf(fields, kind, known), this.#findings);
    const metadata = readMetadata(named, known.scope, known.name);
    if (metadata === null) return;
    const resource = readObject(named, { apiVersion, kind, metadata, known, isKnown: known !== UNKNOWN });
    if (resource === null || this.#findings.errors.length > errorsBefore) return;
    if (this.#isNew(named, resource)) this.resources.push(resource);
  }

  #exists(fields: Fields, apiVersion: string, kind: string, rule: KindRule | undefined): boolean {
    if (rule?.apiVersions.includes(apiVersion)) return true;
    const group = apiVersion.replace(/\/.*/, '');
    const ownGroup =
      rule?.apiVersions.some((each) => each.includes('/') && each.startsWith(`${group}/`)) ?? false;
    const close = closeKind(kind, apiVersion);
    const foreign = !knowsGroupOf(apiVersion) && !ownGroup && close === undefined;
    const slip = rule === undefined ? undefined : didYouMean(apiVersion, rule.apiVersions);
    if (foreign && slip === undefined) return true;
    const hint = rule === undefined ? close : `${kind} is in ${rule.apiVersions.join(', ')}`;
    const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
    fields.error(rule === undefined ? 'kind' : 'apiVersion', 'kind.unknown', message, {
      value: rule === undefined ? kind : apiVersion,
      hint: hint ?? null,
    });
    return false;
  }

  #isNew(fields: Fields, resource: Resource): boolean {
    const { namespace, name } = resource.metadata;
    const group = resource.apiVersion.includes('/') ? resource.apiVersion.replace(/\/.*/, '') : '';
    const key = `${group}/${kindOf(resource)}/${namespace ?? ''}/${name}`;
    const first = this.#seen.get(key);
    if (first === undefined) {
      this.#seen.set(key, resource);
      return true;
    }
    const { file, line } = first.source;
    fields.fields('metadata')?.error('name', 'resource.duplicate', 'stands twice in the input', {
      value: name,
      hint: `the first one is in ${file === '' ? 'the input' : file}, line ${line}`,
    });
    return false;
  }
}

const UNKNOWN: KindRule = { apiVersions: [], scope: 'Namespaced', name: 'path' };

/** A known kind of the same API version that was probably meant. */
function closeKind(kind: string, apiVersion: string): string | undefined {
  const candidates = [...KINDS]
    .filter(([, rule]) => rule.apiVersions.includes(apiVersion))
    .map(([name]) => name);
  return didYouMean(kind, candidates);
}

/** `Deployment shop/order`, as far as it can be told before the metadata is read. */
function subjectOf(fields: Fields, kind: string, rule: KindRule): string {
  const quiet = new Fields(fields.map, '', '', new Findings()).fields('metadata');
  const name = quiet?.string('name');
  if (name === undefined) return fields.subject === '' ? kind : `${fields.subject} (${kind})`;
  return rule.scope === 'Cluster'
    ? `${kind} ${name}`
    : `${kind} ${quiet?.string('namespace') ?? 'default'}/${name}`;
}

/** In the order of the text: what is found last may stand first. */
function inOrder<Found extends SourcePosition>(
  found: readonly Found[],
  files: readonly InputFile[],
): Found[] {
  const rank = new Map(files.map((file, index) => [file.name, index]));
  const rankOf = ({ file }: Found) => rank.get(file) ?? 0;
  return [...found].sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
}
