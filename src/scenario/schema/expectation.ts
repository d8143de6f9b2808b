import * as v from 'valibot';
import { encodeProblem } from '../problem.ts';
import { EntryKindSchema, WhereSchema } from './pattern.ts';
import {
  DurationSchema,
  PodSelectorSchema,
  matching,
  oneOf,
  oneOfForms,
  plainOrMapping,
  strict,
} from './parts.ts';

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const amountRange = strict('count', { min: v.exactOptional(amount), max: v.exactOptional(amount) });
export const CountSchema = plainOrMapping(amount, amountRange);

const EntryExpectationSchema = v.pipe(
  strict('an entry expectation', {
    entry: EntryKindSchema,
    where: v.exactOptional(WhereSchema),
    count: v.exactOptional(
      v.pipe(CountSchema, v.description('How many: a number or {min, max}. Default {min: 1}.')),
    ),
    since: v.exactOptional(
      v.pipe(
        oneOf('beginning', ['step', 'start']),
        v.description(
          'Counted since the step (in a goal: since its check) began, or since the lesson did. Default step.',
        ),
      ),
    ),
  }),
  v.description('Entries of the trace, by kind and fields.'),
);

const IdentityExpectationSchema = v.pipe(
  strict('an identity expectation', {
    identity: PodSelectorSchema,
    is: v.pipe(
      matching('a SPIFFE ID or none', /^(none|spiffe:\/\/\S+)$/, 'spiffe://cluster.local/ns/shop/sa/order'),
    ),
  }),
  v.description('The identity in the certificate that a pod serves, or none.'),
);

const RequestExpectationSchema = v.pipe(
  strict('a request expectation', {
    request: strict('request', {
      from: PodSelectorSchema,
      to: matching('a pod, service or address', /^[a-z0-9][-a-z0-9./]*$/, 'shop/order'),
    }),
    outcome: oneOf('outcome', ['allowed', 'refused', 'failed']),
    by: v.exactOptional(
      v.pipe(
        oneOf('decision point', [
          'NetworkPolicy',
          'TLS',
          'PeerIdentity',
          'PeerAuthentication',
          'AuthorizationPolicy',
          'Endpoint',
        ]),
        v.description('Who decided.'),
      ),
    ),
  }),
  v.description('The outcome of the last request of that pair in the step.'),
);

const PodExpectationSchema = v.pipe(
  strict('a pod expectation', { pod: PodSelectorSchema, ready: v.boolean() }),
  v.description('Whether a pod is ready.'),
);

const CertificateExpectationSchema = v.pipe(
  strict('a certificate expectation', {
    certificate: PodSelectorSchema,
    expired: v.exactOptional(v.boolean()),
    validAt: v.exactOptional(
      v.pipe(
        v.union([v.literal('now'), DurationSchema]),
        v.description('now, or virtual time since the world began.'),
      ),
    ),
  }),
  v.check(
    ({ expired, validAt }) => expired !== undefined || validAt !== undefined,
    encodeProblem({ rule: 'missing-key', message: 'a certificate expectation says expired or validAt' }),
  ),
  v.description('The certificate that a pod serves.'),
);

/** What must be true when a step is done; the key it begins with says of what. */
export const ExpectationSchema = oneOfForms('expectation', {
  entry: EntryExpectationSchema,
  identity: IdentityExpectationSchema,
  request: RequestExpectationSchema,
  pod: PodExpectationSchema,
  certificate: CertificateExpectationSchema,
});

export type EntryExpectation = v.InferOutput<typeof EntryExpectationSchema>;
export type IdentityExpectation = v.InferOutput<typeof IdentityExpectationSchema>;
export type RequestExpectation = v.InferOutput<typeof RequestExpectationSchema>;
export type PodExpectation = v.InferOutput<typeof PodExpectationSchema>;
export type CertificateExpectation = v.InferOutput<typeof CertificateExpectationSchema>;
export type Expectation = v.InferOutput<typeof ExpectationSchema>;
