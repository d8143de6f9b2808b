export * from './authorization-policy.ts';
export * from './evaluate-authorization.ts';
export * from './match.ts';
export * from './trust-domains.ts';
