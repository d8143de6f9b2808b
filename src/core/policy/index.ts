export * from './evaluate-authorization.ts';
export * from './match.ts';
export * from './trust-domains.ts';
