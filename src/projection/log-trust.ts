import type { EntryKind } from '../trace/entry.ts';
import type { TrustEntryData } from '../trace/trust-entry.ts';
import { splitPodRef } from './actor.ts';
import type { Tellers } from './log.ts';

const podName = (ref: string): string => splitPodRef(ref).name;

/** What entries about CAs, trust and stolen keys say in the event log. */
export const trustTellers: Pick<Tellers, keyof TrustEntryData & EntryKind> = {
  'authority.certified': (data) => ({
    id: data.reason === 'cross-signed' ? 'authority_cross_signed' : `authority_${data.reason}`,
    params: { authority: data.authority, issuer: data.issuer ?? data.authority, subject: data.subject },
    tone: data.byAttacker ? 'bad' : 'good',
    artefact: data.artefact,
  }),
  'authority.custody': ({ authority, custody }) => ({
    id: custody === 'offline' ? 'authority_offline' : 'authority_online',
    params: { authority },
    tone: custody === 'offline' ? 'good' : 'warn',
  }),
  'authority.refused': ({ authority, message }) => ({
    id: 'authority_refused',
    params: { authority, message },
    tone: 'bad',
  }),
  'cacerts.loaded': (data) => ({
    id: data.selfSigned ? 'cacerts_self_signed' : 'cacerts_loaded',
    params: { cluster: data.cluster, authority: data.authority },
    tone: 'good',
    artefact: data.certificate,
  }),
  'cacerts.refused': ({ cluster, log }) => ({
    id: 'cacerts_refused',
    params: { cluster, log },
    tone: 'bad',
  }),
  'trust.distributed': (data) => ({
    id: data.channel === 'istio-ca-crl' ? 'crl_distributed' : 'roots_distributed',
    params: { cluster: data.cluster, channel: data.channel, count: String(data.roots.length) },
  }),
  'anchors.adopted': (data) => ({
    id: data.crls.length === 0 ? 'anchors_adopted' : 'anchors_adopted_with_crl',
    params: { pod: podName(data.pod), count: String(data.roots.length), crls: String(data.crls.length) },
  }),
  'certificate.revoked': ({ authority, serialNumber, certificate }) => ({
    id: 'certificate_revoked',
    params: { authority, serialNumber },
    tone: 'warn',
    ...(certificate === null ? {} : { artefact: certificate }),
  }),
  'crl.published': ({ authority, artefact, number, revoked }) => ({
    id: 'crl_published',
    params: { authority, number: String(number), count: String(revoked.length) },
    artefact,
  }),
  'key.stolen': ({ holder, certificate }) => ({
    id: 'key_stolen',
    params: { holder },
    tone: 'bad',
    artefact: certificate,
  }),
  'certificate.forged': ({ authority, artefact, spiffeId }) => ({
    id: 'certificate_forged',
    params: { authority, spiffeId },
    tone: 'bad',
    artefact,
  }),
  'blast-radius.measured': (data) => ({
    id: 'blast_radius',
    params: {
      holder: data.holder,
      forgeable: String(data.forgeable),
      reached: String(data.reached),
      pods: String(data.pods),
    },
    tone: data.acceptedPairs === 0 ? 'good' : 'bad',
  }),
  'clock.skewed': ({ name, offsetMs }) => ({
    id: 'clock_skewed',
    params: { name, minutes: (offsetMs / 60_000).toFixed(1) },
    tone: offsetMs === 0 ? 'good' : 'warn',
  }),
};
