export { SpiffeIdError, type SpiffeIdRule } from './error.ts';
export { type ServiceAccountIdentity, serviceAccountOf } from './service-account.ts';
export { SpiffeId, type SpiffeIdResult } from './spiffe-id.ts';
export { TrustDomain, type TrustDomainResult } from './trust-domain.ts';
export {
  formatSpiffeBundle,
  type JwtAuthority,
  parseSpiffeBundle,
  parseSpiffeBundleMap,
  type SpiffeBundle,
  SpiffeBundleError,
} from './bundle.ts';
