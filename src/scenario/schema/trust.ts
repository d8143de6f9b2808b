import * as v from 'valibot';
import { encodeProblem } from '../problem.ts';
import { KeyTypeSchema } from './key-type.ts';
import { DurationSchema, listOf, matching, oneOf, oneOfForms, PodSelectorSchema, strict } from './parts.ts';

const authorityName = matching('the name of a CA', /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/, 'prod');
const clusterName = matching('a cluster name', /^[A-Za-z0-9][-A-Za-z0-9]*$/, 'seoul');
const trustDomain = matching('a trust domain', /^[a-z0-9._-]{1,255}$/, 'cluster.local');
const host = matching('a host name', /^\.?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'prod.hanok');
const cluster = v.exactOptional(v.pipe(clusterName, v.description('Which cluster. Default: the first.')));
const subjectText = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(64),
  v.regex(/^[^\r\n\t]*$/, 'needs one line of text'),
);

const NamesSchema = strict('names', {
  uris: v.exactOptional(
    v.pipe(
      listOf('uris', host, 20),
      v.description('Hosts of URIs, so trust domains: `prod.hanok`; `.hanok` for all below.'),
    ),
  ),
  dns: v.exactOptional(v.pipe(listOf('dns', host, 20), v.description('DNS names with all below them.'))),
});

/** What may be said of a CA anew each time its certificate is signed. */
const certificateKeys = {
  commonName: v.exactOptional(v.pipe(subjectText, v.description('CN of its subject. Default: its id.'))),
  organization: v.exactOptional(v.pipe(subjectText, v.description('O of its subject.'))),
  ttl: v.exactOptional(
    v.pipe(
      DurationSchema,
      v.description("Lifetime of its certificate. Default 3650d, at most its parent's."),
    ),
  ),
  pathLength: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(9),
      v.description('How many CAs may stand below it. No limit unless given.'),
    ),
  ),
  permitted: v.exactOptional(v.pipe(NamesSchema, v.description('Name constraints: only these.'))),
  excluded: v.exactOptional(v.pipe(NamesSchema, v.description('Name constraints: not these.'))),
  extendedKeyUsage: v.exactOptional(
    v.pipe(
      listOf('extendedKeyUsage', oneOf('usage', ['serverAuth', 'clientAuth']), 2, 1),
      v.description('What its leaves may be used for. Everything unless given.'),
    ),
  ),
};

const authorityKeys = {
  id: v.pipe(authorityName, v.description('Its name in the lesson.')),
  parent: v.exactOptional(v.pipe(authorityName, v.description('The CA above it; a root has none.'))),
  keyType: v.exactOptional(KeyTypeSchema),
  offline: v.exactOptional(
    v.pipe(v.boolean(), v.description('Its key is in a safe: it signs nothing until it is brought online.')),
  ),
  ...certificateKeys,
};

/** A CA of `mesh.settings.authorities`. */
export const AuthoritySchema = strict('a CA', authorityKeys);

/** A cluster of `mesh.settings.clusters`. */
export const ClusterSchema = strict('a cluster', {
  name: clusterName,
  issuer: v.exactOptional(
    v.pipe(
      authorityName,
      v.description('CA whose key istiod has in its cacerts; it makes a root of its own unless given.'),
    ),
  ),
  roots: v.exactOptional(
    v.pipe(
      listOf('roots', authorityName, 10, 1),
      v.description('CAs in root-cert.pem. Default: the root above.'),
    ),
  ),
  trustDomain: v.exactOptional(trustDomain),
  trustDomainAliases: v.exactOptional(listOf('trustDomainAliases', trustDomain, 10)),
  namespaces: v.exactOptional(
    v.pipe(
      listOf('namespaces', matching('a namespace', /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'shop'), 50),
      v.description('Namespaces of this cluster; the first cluster has all that no other names.'),
    ),
  ),
  nodes: v.exactOptional(
    v.pipe(listOf('nodes', v.string(), 50, 1), v.description('Its nodes. All unless given.')),
  ),
  multiRoot: v.exactOptional(v.pipe(v.boolean(), v.description('ISTIO_MULTIROOT_MESH. Default false.'))),
  clusterTrustBundle: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description('istiod publishes its roots as a ClusterTrustBundle, too. Default false.'),
    ),
  ),
});

const holderForms = {
  authority: strict('a key', { authority: authorityName }),
  pod: strict('a key', { pod: PodSelectorSchema }),
};

const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'superseded',
  'cessationOfOperation',
] as const;
const reason = v.exactOptional(oneOf('reason', reasons));

const SkewSchema = v.pipe(
  strict('skewClock', {
    node: v.exactOptional(v.pipe(v.string(), v.description('A node.'))),
    istiod: v.exactOptional(v.pipe(clusterName, v.description('The cluster of an istiod.'))),
    ahead: v.exactOptional(DurationSchema),
    behind: v.exactOptional(DurationSchema),
  }),
  v.check(
    ({ node, istiod, ahead, behind }) =>
      (node === undefined) !== (istiod === undefined) && (ahead === undefined || behind === undefined),
    encodeProblem({
      rule: 'form',
      message: 'skewClock names a node or an istiod, and how far its clock is ahead or behind',
      hint: 'for example {node: node-2, behind: 10m}',
    }),
  ),
);

/** Commands about CAs, what is trusted, and stolen keys. */
export const trustForms = {
  createAuthority: v.pipe(
    strict('createAuthority', {
      createAuthority: strict('a CA', {
        ...authorityKeys,
        by: v.exactOptional(
          v.pipe(
            oneOf('maker', ['operator', 'attacker']),
            v.description('attacker: with a stolen key of its parent. Default operator.'),
          ),
        ),
      }),
    }),
    v.description('Makes a CA: a key, and a certificate by its parent.'),
  ),
  renewAuthority: v.pipe(
    strict('renewAuthority', {
      renewAuthority: strict('renewAuthority', {
        authority: authorityName,
        newKey: v.exactOptional(v.pipe(v.boolean(), v.description('With a new key. Default false.'))),
        ...certificateKeys,
      }),
    }),
    v.description('Its parent signs the certificate of a CA anew.'),
  ),
  crossSign: v.pipe(
    strict('crossSign', { crossSign: strict('crossSign', { authority: authorityName, by: authorityName }) }),
    v.description('Another CA signs the name and key of a CA too.'),
  ),
  bringOnline: v.pipe(
    strict('bringOnline', { bringOnline: authorityName }),
    v.description('The ceremony by which the key of an offline CA becomes usable.'),
  ),
  takeOffline: v.pipe(
    strict('takeOffline', { takeOffline: authorityName }),
    v.description('The key of a CA goes back into the safe.'),
  ),
  cacerts: v.pipe(
    strict('cacerts', {
      cacerts: strict('cacerts', {
        cluster,
        issuer: v.exactOptional(
          v.pipe(authorityName, v.description('CA to sign with. Default: the one in the secret.')),
        ),
        roots: v.exactOptional(
          v.pipe(
            listOf('roots', authorityName, 10, 1),
            v.description('CAs in root-cert.pem. Default: the root above the issuer.'),
          ),
        ),
        crossSigned: v.exactOptional(
          v.pipe(
            v.boolean(),
            v.description(
              'Also sends the certificates by which other CAs vouch for the root. Default false.',
            ),
          ),
        ),
        crls: v.exactOptional(
          v.pipe(
            v.boolean(),
            v.description('Puts the newest list of each CA of the chain into ca-crl.pem. Default false.'),
          ),
        ),
      }),
    }),
    v.description('Writes the secret cacerts of a cluster; its istiod takes it or refuses it.'),
  ),
  multiRoot: v.pipe(
    strict('multiRoot', { multiRoot: strict('multiRoot', { cluster, enabled: v.boolean() }) }),
    v.description('Sets ISTIO_MULTIROOT_MESH of an istiod.'),
  ),
  meshAnchors: v.pipe(
    strict('meshAnchors', {
      meshAnchors: strict('meshAnchors', {
        cluster,
        anchors: listOf(
          'anchors',
          strict('an anchor', {
            authority: authorityName,
            trustDomains: v.exactOptional(listOf('trustDomains', trustDomain, 10)),
          }),
          10,
        ),
      }),
    }),
    v.description('Sets meshConfig.caCertificates: roots of others, and the trust domains they are for.'),
  ),
  revoke: v.pipe(
    strict('revoke', {
      revoke: oneOfForms('certificate', {
        authority: strict('revoke', { authority: authorityName, reason }),
        pod: strict('revoke', { pod: PodSelectorSchema, reason }),
      }),
    }),
    v.description(
      'Puts a certificate on the list of its CA: where a key was stolen, the one stolen with it, and of a CA every one of that key.',
    ),
  ),
  publishCrl: v.pipe(
    strict('publishCrl', {
      publishCrl: strict('publishCrl', {
        authority: authorityName,
        validFor: v.exactOptional(v.pipe(DurationSchema, v.description('Until nextUpdate. Default 7d.'))),
      }),
    }),
    v.description('A CA signs its revocation list anew.'),
  ),
  steal: v.pipe(
    strict('steal', { steal: oneOfForms('key', holderForms) }),
    v.description('Somebody copies a private key.'),
  ),
  blastRadius: v.pipe(
    strict('blastRadius', { blastRadius: oneOfForms('key', holderForms) }),
    v.description('Tries a stolen key against every Envoy of the mesh.'),
  ),
  skewClock: v.pipe(
    strict('skewClock', { skewClock: SkewSchema }),
    v.description('Sets a clock wrong; without ahead or behind it is right again.'),
  ),
};

export type LessonAuthority = v.InferOutput<typeof AuthoritySchema>;
export type LessonCluster = v.InferOutput<typeof ClusterSchema>;
/** A command about CAs as a lesson writes it. */
export type LessonTrustCommand = v.InferOutput<(typeof trustForms)[keyof typeof trustForms]>;
