import * as v from 'valibot';
import { PatternSchema } from './pattern.ts';
import { trustForms } from './trust.ts';
import {
  DurationSchema,
  PodSelectorSchema,
  WorkloadSchema,
  matching,
  oneOf,
  oneOfForms,
  plainOrMapping,
  strict,
} from './parts.ts';

const connectionName = matching('a connection name', /^[A-Za-z0-9][-A-Za-z0-9]*$/, 'long-lived');
const endpoint = (description: string) =>
  v.pipe(
    matching('a pod, service or address', /^[a-z0-9][-a-z0-9./]*$/, 'shop/order'),
    v.description(description),
  );

/** Ends of a link: everybody, an actor, or an actor inside a pod. */
const linkEnd = (description: string) =>
  v.pipe(
    matching(
      'an end of a link',
      /^(\*|istiod|api-server|(agent|envoy|app):[a-z0-9][-a-z0-9./]*)$/,
      'agent:shop/order, envoy:shop/order, istiod or *',
    ),
    v.description(description),
  );

const RequestSchema = strict('request', {
  from: PodSelectorSchema,
  to: endpoint('A service, workload or pod as `namespace/name`, or an IPv4 address.'),
  port: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
  method: v.exactOptional(matching('an HTTP method', /^[A-Z]{3,10}$/, 'GET')),
  path: v.exactOptional(matching('a path', /^\/[^\s]*$/, '/orders')),
  headers: v.exactOptional(
    v.pipe(
      v.record(
        matching('the name of a header', /^[A-Za-z][-A-Za-z0-9]{0,63}$/, 'x-version'),
        v.pipe(v.string(), v.maxLength(1_024), v.regex(/^[\x20-\x7e]*$/, 'needs printable ASCII')),
      ),
      v.description('Headers to send beside those of the client.'),
    ),
  ),
  count: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(10_000),
      v.description('How many to send. Default 1.'),
    ),
  ),
  every: v.exactOptional(v.pipe(DurationSchema, v.description('Time between two requests. Default 1s.'))),
  hold: v.exactOptional(v.pipe(connectionName, v.description('Keeps the connection open under this name.'))),
  on: v.exactOptional(v.pipe(connectionName, v.description('Sends on the connection held under this name.'))),
  background: v.exactOptional(
    v.pipe(v.boolean(), v.description('Goes on with the next command without awaiting the answers.')),
  ),
});

const CsrSchema = strict('csr', {
  pod: PodSelectorSchema,
  san: v.exactOptional(
    v.pipe(v.string(), v.maxLength(2_048), v.description('SPIFFE ID to write into the CSR.')),
  ),
  ttl: v.exactOptional(DurationSchema),
  token: v.exactOptional(
    v.pipe(
      oneOf('token', ['own', 'none', 'wrong-audience', 'expired', 'deleted-pod', 'forged']),
      v.description('Which token to present. Default own.'),
    ),
  ),
  badSignature: v.exactOptional(
    v.pipe(v.boolean(), v.description('Flips a bit of the signature of the CSR.')),
  ),
});

export const MomentSchema = oneOfForms('moment', {
  before: strict('advance', {
    before: oneOf('moment', ['renewal', 'expiry']),
    pod: PodSelectorSchema,
    by: v.exactOptional(DurationSchema),
  }),
  after: strict('advance', {
    after: oneOf('moment', ['renewal', 'expiry']),
    pod: PodSelectorSchema,
    by: v.exactOptional(DurationSchema),
  }),
});

export const AdvanceSchema = plainOrMapping(DurationSchema, MomentSchema);

const istiod = v.pipe(
  matching('a component', /^istiod(:[A-Za-z0-9][-A-Za-z0-9]*)?$/, 'istiod, istiod:busan'),
  v.description('istiod, or that of a cluster as `istiod:busan`.'),
);

const flights = ['ClientHello', 'ServerFlight', 'ClientFlight', 'Tickets', 'Request', 'Response'] as const;
const presentable = [
  'own',
  'expired',
  'other-root',
  'other-identity',
  'copied',
  'self-signed',
  'stolen',
  'forged',
  'none',
  'plaintext',
] as const;

const TamperSchema = strict('tamper', {
  from: v.pipe(PodSelectorSchema, v.description('Pod that opens the connection.')),
  to: v.pipe(PodSelectorSchema, v.description('Pod that takes it.')),
  message: v.pipe(oneOf('flight', flights), v.description('The next flight of this name is met.')),
  action: oneOf('action', ['flip', 'drop', 'replay']),
  byte: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(100_000),
      v.description('Octet of the flight whose last bit is flipped. Default: one that matters.'),
    ),
  ),
});

const PresentSchema = strict('present', {
  pod: PodSelectorSchema,
  certificate: v.pipe(
    oneOf('certificate', presentable),
    v.description('What its Envoy shows; own: what SDS gave it. plaintext: it answers without TLS.'),
  ),
  as: v.exactOptional(
    v.pipe(PodSelectorSchema, v.description('Whose name it bears. Default: the own one of the pod.')),
  ),
  key: v.exactOptional(
    v.pipe(v.string(), v.maxLength(40), v.description('forged: the CA whose stolen key signs.')),
  ),
  id: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(2_048),
      v.description('forged: the SPIFFE ID it says, instead of that of `as`.'),
    ),
  ),
});

const ServeSchema = strict('serve', {
  pod: PodSelectorSchema,
  tls: v.exactOptional(
    v.pipe(
      oneOf('form of TLS', ['mutual', 'one-way']),
      v.description('one-way: asks for no client certificate.'),
    ),
  ),
  earlyData: v.exactOptional(v.pipe(v.boolean(), v.description('Takes 0-RTT data, which Istio never does.'))),
});

/** What a step can do to the mesh: a mapping with one key. */
export const CommandSchema = oneOfForms('command', {
  apply: v.pipe(
    strict('apply', { apply: v.pipe(v.string(), v.maxLength(200_000)) }),
    v.description('Applies Kubernetes YAML, as kubectl apply would.'),
  ),
  delete: v.pipe(
    strict('delete', {
      delete: strict('delete', {
        kind: matching('a kind', /^[A-Z][A-Za-z]+$/, 'NetworkPolicy'),
        namespace: v.exactOptional(v.string()),
        name: v.string(),
      }),
    }),
    v.description('Deletes a resource.'),
  ),
  deletePod: v.pipe(strict('deletePod', { deletePod: PodSelectorSchema }), v.description('Deletes a pod.')),
  scale: v.pipe(
    strict('scale', {
      scale: strict('scale', {
        workload: WorkloadSchema,
        replicas: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)),
      }),
    }),
    v.description('Sets the replicas of a Deployment.'),
  ),
  restart: v.pipe(
    strict('restart', { restart: WorkloadSchema }),
    v.description('Restarts a Deployment, as kubectl rollout restart would.'),
  ),
  request: v.pipe(
    strict('request', { request: RequestSchema }),
    v.description('Sends requests from a pod and awaits the answers.'),
  ),
  closeConnection: v.pipe(
    strict('closeConnection', { closeConnection: connectionName }),
    v.description('Closes a connection that a request held open.'),
  ),
  advance: v.pipe(
    strict('advance', { advance: AdvanceSchema }),
    v.description('Lets virtual time pass: a duration, or up to a moment in the life of a certificate.'),
  ),
  wait: v.pipe(
    strict('wait', { wait: PatternSchema }),
    v.description('Lets time pass until entries appear, counted since the command before.'),
  ),
  stop: v.pipe(strict('stop', { stop: istiod }), v.description('Stops istiod.')),
  start: v.pipe(strict('start', { start: istiod }), v.description('Starts istiod.')),
  csr: v.pipe(
    strict('csr', { csr: CsrSchema }),
    v.description('Sends a hand-made CreateCertificate from a pod and awaits the answer.'),
  ),
  fault: v.pipe(
    strict('fault', {
      fault: strict('fault', {
        from: linkEnd('Where messages come from.'),
        to: linkEnd('Where messages go to.'),
        drop: v.exactOptional(v.boolean()),
        delay: v.exactOptional(DurationSchema),
      }),
    }),
    v.description('Drops or delays the messages of a link.'),
  ),
  tamper: v.pipe(
    strict('tamper', { tamper: TamperSchema }),
    v.description('Somebody on the network changes, drops or repeats the next flight of a TLS connection.'),
  ),
  present: v.pipe(
    strict('present', { present: PresentSchema }),
    v.description('The Envoy of a pod, in the hands of an attacker, presents another certificate.'),
  ),
  serve: v.pipe(
    strict('serve', { serve: ServeSchema }),
    v.description('Changes what the inbound TLS of a pod asks of clients.'),
  ),
  hijack: v.pipe(
    strict('hijack', {
      hijack: strict('hijack', {
        service: v.pipe(
          matching('a service', /^[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9]*$/, 'shop/order'),
          v.description('Service whose name or address is stolen.'),
        ),
        to: v.pipe(PodSelectorSchema, v.description('Pod that its callers reach instead.')),
      }),
    }),
    v.description('Leads the traffic for a service to another pod.'),
  ),
  updateKeys: v.pipe(
    strict('updateKeys', { updateKeys: connectionName }),
    v.description('Sends a KeyUpdate on a connection that a request held open.'),
  ),
  ...trustForms,
  heal: v.pipe(
    strict('heal', { heal: v.literal(true) }),
    v.description('Takes all faults and attacks away.'),
  ),
});

/** A command as a lesson writes it. */
export type LessonCommand = v.InferOutput<typeof CommandSchema>;
