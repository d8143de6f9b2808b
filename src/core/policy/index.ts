export * from './authorizationPolicy.ts';
export * from './evaluateAuthorization.ts';
export * from './match.ts';
export * from './trustDomains.ts';
