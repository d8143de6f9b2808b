import { didYouMean } from '../../core/kubernetes/suggest.ts';
import { kindOf, loadResources, type Resource } from '../../core/kubernetes/index.ts';
import { defaultSettings } from '../../mesh/settings.ts';
import type { Problem } from '../problem.ts';
import type { Lesson } from '../schema/lesson.ts';
import { commandsOf, type Placed } from '../walk.ts';
import type { Finding } from './finding.ts';

const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'Pod']);
const policyKinds: ReadonlySet<string> = new Set(['NetworkPolicy', 'AuthorizationPolicy']);

/** The names a lesson may speak of: everything in its resources and in what its commands apply. */
export class KnownNames {
  readonly #namespaces = new Set<string>();
  readonly #workloads = new Set<string>();
  readonly #services = new Set<string>();
  readonly #policies = new Set<string>();
  readonly #resources = new Set<string>();
  readonly #nodes: ReadonlySet<string>;

  private constructor(nodes: Iterable<string>) {
    this.#nodes = new Set(nodes);
  }

  /** Reads all Kubernetes YAML of a lesson. What is wrong with it is found here, and no names then. */
  static of(lesson: Lesson): { names: KnownNames | null; findings: readonly Finding[] } {
    const nodes = lesson.mesh.settings?.nodes ?? defaultSettings.nodes;
    const names = new KnownNames(nodes.map((node) => node.name));
    const findings = [...manifestsOf(lesson)].flatMap((manifest) => names.#add(manifest));
    return { names: findings.length === 0 ? names : null, findings };
  }

  #add({ value, path }: Placed<string>): readonly Finding[] {
    const { resources, errors } = loadResources([{ name: '', text: value }]);
    for (const resource of resources) this.#learn(resource);
    return errors.map(({ rule, message, hint, line, column }) => ({
      rule,
      message,
      ...(hint === undefined ? {} : { hint }),
      path,
      inside: { line, column },
    }));
  }

  #learn(resource: Resource): void {
    const { namespace, name } = resource.metadata;
    const kind = kindOf(resource);
    const key = `${namespace ?? ''}/${name}`;
    this.#resources.add(`${kind} ${key}`);
    this.#namespaces.add(kind === 'Namespace' ? name : (namespace ?? name));
    if (workloadKinds.has(kind)) this.#workloads.add(key);
    if (policyKinds.has(kind)) this.#policies.add(key);
    if (kind === 'Service') this.#services.add(key);
  }

  /** Null when the pod or workload exists at some time in the lesson. Names of single pods are taken on trust. */
  podProblem(selector: string): Problem | null {
    if (this.#isPod(selector)) return null;
    return this.#unknown('pod', selector, this.#workloads);
  }

  /** The same for what a request may be sent to. */
  targetProblem(target: string): Problem | null {
    if (!target.includes('/') || this.#services.has(target) || this.#isPod(target)) return null;
    return this.#unknown('service or pod', target, [...this.#services, ...this.#workloads]);
  }

  policyProblem(policy: string): Problem | null {
    return this.#policies.has(policy) ? null : this.#unknown('policy', policy, this.#policies);
  }

  nodeProblem(node: string): Problem | null {
    return this.#nodes.has(node) ? null : unknown('node', node, this.#nodes);
  }

  resourceProblem(kind: string, namespace: string, name: string): Problem | null {
    const key = `${kind} ${namespace}/${name}`;
    if (this.#resources.has(key) || kind === 'Namespace' || kind === 'Pod') return null;
    const same = [...this.#resources].filter((resource) => resource.startsWith(`${kind} `));
    return unknown(
      kind,
      `${namespace}/${name}`,
      same.map((resource) => resource.slice(kind.length + 1)),
    );
  }

  #isPod(selector: string): boolean {
    if (this.#workloads.has(selector)) return true;
    return [...this.#workloads].some((workload) => selector.startsWith(`${workload}-`));
  }

  #unknown(what: string, selector: string, candidates: Iterable<string>): Problem {
    const namespace = selector.slice(0, selector.indexOf('/'));
    if (!this.#namespaces.has(namespace)) return unknown('namespace', namespace, this.#namespaces);
    return unknown(what, selector, candidates);
  }
}

function unknown(what: string, value: string, candidates: Iterable<string>): Problem {
  const hint = didYouMean(value, candidates);
  const message = `unknown ${what} "${value}"`;
  return hint === undefined ? { rule: 'unknown-name', message } : { rule: 'unknown-name', message, hint };
}

function* manifestsOf(lesson: Lesson): Generator<Placed<string>> {
  yield { value: lesson.mesh.resources, path: ['mesh', 'resources'] };
  for (const { value, path } of commandsOf(lesson)) {
    if ('apply' in value) yield { value: value.apply, path: [...path, 'apply'] };
  }
}
