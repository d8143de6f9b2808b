import { describe, expect, it } from 'vitest';
import { kindOf, loadResources } from '../../../src/core/kubernetes/index.ts';
import { errorLines, load, manifest, noticeLines, only } from './support.ts';

const deployment = (replacing: Record<string, string> = {}) => {
  let text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: order
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: order
  template:
    metadata:
      labels:
        app: order
    spec:
      containers:
        - name: order
          image: registry.example/order:1
`;
  for (const [from, to] of Object.entries(replacing)) text = text.replace(from, to);
  return text;
};

describe('manifests of the kind tutorials use', () => {
  it.each(['echo-and-client.yaml', 'library.yaml', 'policies.yaml'])(
    '%s loads without errors and without noise',
    (name) => {
      const { resources, errors, notices } = loadResources([manifest(name)]);
      expect(errors).toEqual([]);
      expect(notices).toEqual([]);
      expect(resources.length).toBeGreaterThan(2);
    },
  );

  it('reads several files as one input, in order', () => {
    const { resources } = loadResources([manifest('policies.yaml'), manifest('echo-and-client.yaml')]);
    expect(resources.map((resource) => `${kindOf(resource)} ${resource.metadata.name}`)).toEqual([
      'NetworkPolicy payment-from-order',
      'AuthorizationPolicy allow-order',
      'AuthorizationPolicy nothing',
      'ServiceAccount echo',
      'Service echo',
      'Deployment echo',
      'ServiceAccount client',
      'Service client',
      'Deployment client',
    ]);
    expect(resources[3]?.source).toEqual({ file: 'echo-and-client.yaml', line: 2, column: 1, endLine: 5 });
  });

  it('opens lists up and keeps what it does not know', () => {
    const { resources } = loadResources([manifest('library.yaml')]);
    expect(resources.map(kindOf).slice(0, 4)).toEqual([
      'Namespace',
      'Service',
      'ServiceAccount',
      'Deployment',
    ]);
    const kept = resources.filter((resource) => resource.understood === 'kept');
    expect(kept.map((resource) => [kindOf(resource), resource.metadata.name])).toEqual([
      ['VirtualService', 'catalogue'],
      ['Shelf', 'left'],
    ]);
    expect(kept[1]?.raw).toMatchObject({ spec: { books: 12 } });
  });

  it('follows anchors and aliases', () => {
    const { resources } = loadResources([manifest('library.yaml')]);
    const ratings = resources.find((each) => each.kind === 'Service' && each.metadata.name === 'ratings');
    expect(ratings).toMatchObject({ spec: { selector: { app: 'ratings' } } });
  });

  it('puts objects without a namespace into default, and cluster-wide ones into none', () => {
    const { resources } = load(
      '{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: ignored}}',
    );
    expect(resources.map((resource) => resource.metadata.namespace)).toEqual(['default', null]);
  });
});

describe('what is read', () => {
  it('of a deployment: replicas, selector and template', () => {
    const { spec } = only('Deployment', deployment());
    expect(spec.replicas).toBe(2);
    expect(spec.selector).toEqual({ matchLabels: { app: 'order' }, matchExpressions: [] });
    expect(spec.template.metadata.labels).toEqual({ app: 'order' });
    expect(spec.template.spec.serviceAccountName).toBeUndefined();
    expect(spec.template.spec.containers).toEqual([
      { name: 'order', image: 'registry.example/order:1', ports: [] },
    ]);
  });

  it('of a pod spec: account, node, network', () => {
    const { spec } = only(
      'Pod',
      `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccount: old-name, nodeName: node-2, hostNetwork: true,
        automountServiceAccountToken: false, nodeSelector: {disk: ssd}, containers: [{name: a, image: b, ports: [{name: web, containerPort: 80}]}]}}`,
    );
    expect(spec).toMatchObject({
      serviceAccountName: 'old-name',
      nodeName: 'node-2',
      hostNetwork: true,
      automountServiceAccountToken: false,
      nodeSelector: { disk: 'ssd' },
      containers: [{ ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }] }],
    });
  });

  it('of a secret: both kinds of data, as bytes', () => {
    const secret = only(
      'Secret',
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: aGk=, b: aGk=}, stringData: {b: 안녕}}',
    );
    const text = Object.entries(secret.data).map(([key, bytes]) => [key, new TextDecoder().decode(bytes)]);
    expect(text).toEqual([
      ['a', 'hi'],
      ['b', '안녕'],
    ]);
  });

  it('of a service: target ports by number, by name and by default', () => {
    const { spec } = only(
      'Service',
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{name: a, port: 80}, {name: b, port: 81, targetPort: web}, {name: c, port: 82, targetPort: 8082, protocol: UDP}]}}',
    );
    expect(spec.ports.map((port) => [port.port, port.targetPort, port.protocol])).toEqual([
      [80, 80, 'TCP'],
      [81, 'web', 'TCP'],
      [82, 8082, 'UDP'],
    ]);
    expect(spec.selector).toBeNull();
  });

  it('plain words by YAML 1.1, as the API server does: yes is a boolean, a date and 22:22 are text', () => {
    const annotations = (value: string) =>
      errorLines(`{apiVersion: v1, kind: Namespace, metadata: {name: a, annotations: {x: ${value}}}}`);
    expect(annotations('yes')).toEqual([
      '1:72 field.type Namespace a: metadata.annotations.x must be a string, found the boolean yes (write it in quotes: "yes")',
    ]);
    expect(annotations('2026-03-02')).toEqual([]);
    expect(annotations('22:22')).toEqual([]);
  });
});

describe('errors say rule, place, value and what to do', () => {
  it.each<[string, string, string[]]>([
    [
      'a wrong type',
      deployment({ 'replicas: 2': 'replicas: "three"' }),
      ['7:13 field.type Deployment shop/order: spec.replicas must be an integer, found the string "three"'],
    ],
    [
      'a number where text belongs',
      deployment({ '        app: order\n    spec': '        app: order\n        version: 1\n    spec' }),
      [
        '15:18 field.type Deployment shop/order: spec.template.metadata.labels.version must be a string, found the number 1 (write it in quotes: "1")',
      ],
    ],
    [
      'a field that does not exist',
      deployment({ 'replicas: 2': 'replica: 2' }),
      ['7:3 field.unknown Deployment shop/order: unknown field "spec.replica" (did you mean "replicas"?)'],
    ],
    [
      'a slip in a pod spec, where fields may be newer than this program',
      deployment({ '      containers:': '      serviceAccountname: order\n      containers:' }),
      [
        '16:7 field.unknown Deployment shop/order: unknown field "spec.template.spec.serviceAccountname" (did you mean "serviceAccountName"?)',
      ],
    ],
    [
      'a selector that does not match the template',
      deployment({ '        app: order\n    spec': '        app: orders\n    spec' }),
      [
        '14:9 selector.mismatch Deployment shop/order: spec.template.metadata.labels: Invalid value: `selector` does not match template `labels` (the selector asks for app=order)',
      ],
    ],
    [
      'a missing name',
      deployment({ '  name: order\n': '' }),
      ['4:3 field.required Deployment: metadata.name: Required value'],
    ],
    [
      'a name with capitals',
      deployment({ '  name: order\n': '  name: Order_Service\n' }),
      [
        '4:9 name.rfc1123 Deployment shop/Order_Service: metadata.name: Invalid value: "Order_Service": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an alphanumeric character (for example "order-service")',
      ],
    ],
    [
      'a service name that begins with a digit',
      '{apiVersion: v1, kind: Service, metadata: {name: 1st}, spec: {ports: [{port: 80}]}}',
      [
        '1:50 name.rfc1035 Service default/1st: metadata.name: Invalid value: "1st": a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character',
      ],
    ],
    [
      'a kind in an API version it left long ago',
      deployment({ 'apps/v1': 'extensions/v1beta1' }),
      [
        '1:13 kind.unknown no matches for kind "Deployment" in version "extensions/v1beta1" (Deployment is in apps/v1)',
      ],
    ],
    [
      'a kind that does not exist',
      deployment({ 'kind: Deployment': 'kind: Deploymet' }),
      ['2:7 kind.unknown no matches for kind "Deploymet" in version "apps/v1" (did you mean "Deployment"?)'],
    ],
    [
      'a slip in the API group of Istio',
      '{apiVersion: security.istio.io/v1beta2, kind: AuthorizationPolicy, metadata: {name: a}}',
      [
        '1:14 kind.unknown no matches for kind "AuthorizationPolicy" in version "security.istio.io/v1beta2" (AuthorizationPolicy is in security.istio.io/v1, security.istio.io/v1beta1)',
      ],
    ],
    [
      'no kind',
      'apiVersion: v1\nKind: Pod\n',
      ['1:1 field.required kind: Required value ("Kind" is written here)'],
    ],
    [
      'text instead of an object',
      'just words',
      ['1:1 document.type a document must be a mapping with apiVersion, kind and metadata'],
    ],
    [
      'a deployment without containers',
      deployment({
        'containers:\n        - name: order\n          image: registry.example/order:1': 'containers: []',
      }),
      [
        '16:7 field.required Deployment shop/order: spec.template.spec.containers: Required value (a pod needs at least one container with a name and an image)',
      ],
    ],
    [
      'a container without an image',
      deployment({ '          image: registry.example/order:1\n': '' }),
      [
        '17:11 field.required Deployment shop/order: spec.template.spec.containers[0].image: Required value (any name will do: images are not run here)',
      ],
    ],
    [
      'negative replicas',
      deployment({ 'replicas: 2': 'replicas: -1' }),
      [
        '7:13 replicas.range Deployment shop/order: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'a label value with a blank',
      deployment({ '        app: order\n    spec': '        app: order\n        team: two words\n    spec' }),
      [
        "15:15 label.form Deployment shop/order: spec.template.metadata.labels: Invalid value: \"two words\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      ],
    ],
    [
      'a proxy configuration that is not YAML of the right form',
      deployment({
        '        app: order\n    spec':
          "        app: order\n      annotations:\n        proxy.istio.io/config: 'proxyMetadata: {SECRET_TTL: 1}'\n    spec",
      }),
      [
        '16:32 annotation.proxyConfig Deployment shop/order: annotation proxy.istio.io/config: proxyMetadata.SECRET_TTL must be a string: write it in quotes',
      ],
    ],
    [
      'a port out of range',
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80000}]}}',
      [
        '1:76 port.range Service default/s: spec.ports[0].port: Invalid value: 80000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'several ports without names',
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{name: a, port: 80}, {port: 81}]}}',
      [
        '1:90 field.required Service default/s: spec.ports[1].name: Required value (a service with several ports must name each of them)',
      ],
    ],
    [
      'secret data that is not base64',
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: "not base64!"}}',
      [
        '1:63 secret.base64 Secret default/s: data.a must be base64 (give plain text under stringData instead)',
      ],
    ],
  ])('%s', (_case, text, expected) => {
    expect(errorLines(text)).toEqual(expected);
  });

  it('names the second of two objects with one name', () => {
    const { resources, errors } = load(`${deployment()}---\n${deployment({ 'replicas: 2': 'replicas: 3' })}`);
    expect(resources).toHaveLength(1);
    expect(errors).toEqual([
      {
        rule: 'resource.duplicate',
        message: 'Deployment shop/order: stands twice in the input',
        file: 'input.yaml',
        line: 23,
        column: 9,
        value: 'order',
        hint: 'the first one is in input.yaml, line 1',
      },
    ]);
  });

  it('keeps the documents around a broken one, whatever breaks it', () => {
    const account = (name: string) => `{apiVersion: v1, kind: ServiceAccount, metadata: {name: ${name}}}`;
    const broken = [
      'a: [1, 2',
      'a: "no end',
      '\tindented: by a tab',
      'a: b: c',
      '- x',
      '{{ .Values.x }}: y',
      '&a [*a]',
    ];
    const documents = broken.flatMap((text, index) => [account(`before-${index}`), text]);
    const { resources, errors } = load([...documents, account('last')].join('\n---\n'));
    expect(resources).toHaveLength(broken.length + 1);
    expect(errors.map((error) => error.line)).toEqual(broken.map((_, index) => 3 + index * 4));
  });

  it('speaks of templates where a template was pasted', () => {
    expect(errorLines('kind: {{ .Values.kind }}\napiVersion: v1')[0]).toContain('render it first');
  });

  it('reports every problem of an object, in the order of the text', () => {
    const text = deployment({
      'replicas: 2': 'replicas: x',
      'name: order\n  namespace': 'name: Order\n  namespace',
    });
    expect(load(text).errors.map((error) => [error.line, error.rule])).toEqual([[4, 'name.rfc1123']]);
    expect(
      load(deployment({ 'replicas: 2': 'replicas: x', 'image: registry': 'imag: registry' })).errors.map(
        (e) => e.line,
      ),
    ).toEqual([7, 17, 18]);
  });
});

describe('bounds', () => {
  it('refuses more than a megabyte', () => {
    expect(load(`a: ${'x'.repeat(1_048_576)}`)).toMatchObject({
      resources: [],
      errors: [{ rule: 'input.size' }],
    });
  });

  it('reads two thousand documents and no more', () => {
    const text = Array.from(
      { length: 2001 },
      (_, i) => `{apiVersion: v1, kind: ServiceAccount, metadata: {name: a${i}}}`,
    );
    const { resources, errors } = load(text.join('\n---\n'));
    expect(resources).toHaveLength(2000);
    expect(errors).toMatchObject([{ rule: 'input.documents', line: 4000 }]);
  });

  it.each([
    [
      'a billion laughs',
      `a: &a [x]\n${Array.from({ length: 20 }, (_, i) => `b${i}: &a [${'*a,'.repeat(9)}]`).join('\n')}`,
      'yaml.aliases',
    ],
    ['an alias inside its own anchor', 'a: &a {b: *a}', 'yaml.alias'],
    ['brackets without end', '['.repeat(100_000), 'yaml.depth'],
    ['brackets whose ends hide in comments', `x: ${'[ #]\n '.repeat(1000)}`, 'yaml.depth'],
    ['dashes without end', '- '.repeat(100_000), 'yaml.depth'],
    [
      'indentation without end',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'yaml.depth',
    ],
    [
      'levels within the parser’s means',
      Array.from({ length: 150 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'yaml.depth',
    ],
  ])('refuses %s', (_case, text, rule) => {
    expect(load(text)).toMatchObject({ resources: [], errors: [{ rule }] });
  });

  it('treats a key named __proto__ as any other', () => {
    const { data } = only(
      'ConfigMap',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {__proto__: x}}',
    );
    expect(Object.keys(data)).toEqual(['__proto__']);
    const secret = only(
      'Secret',
      '{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {__proto__: x}}',
    );
    expect(Object.keys(secret.data)).toEqual(['__proto__']);
  });
});

describe('notices', () => {
  it.each<[string, string, string[]]>([
    [
      'a CronJob is kept and not run',
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly}, spec: {schedule: "0 3 * * *"}}',
      ['1 kind.kept CronJob default/nightly: is listed here, but its pods are not started'],
    ],
    [
      'a PeerAuthentication is kept',
      '{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: strict, namespace: shop}, spec: {mtls: {mode: STRICT}}}',
      [
        '1 kind.kept PeerAuthentication shop/strict: is read for mtls.mode, at every scope; portLevelMtls has no effect here',
      ],
    ],
    [
      'a namespace label that almost switches injection on',
      '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enable}}}',
      [
        '1 injection.value Namespace shop: istio-injection: "enable" switches nothing on: only the value "enabled" does (did you mean "enabled"?)',
      ],
    ],
    [
      'egress rules',
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}}',
      [
        '1 networkPolicy.egress NetworkPolicy default/out: egress rules have no effect here: traffic is judged where it arrives (limit the same traffic by ingress rules of the pods it goes to)',
      ],
    ],
  ])('%s', (_case, text, expected) => {
    expect(load(text).errors).toEqual([]);
    expect(noticeLines(text)).toEqual(expected);
  });

  it('make an object partly understood', () => {
    expect(
      only(
        'NetworkPolicy',
        '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, egress: [{}]}}',
      ).understood,
    ).toBe('partly');
  });
});
