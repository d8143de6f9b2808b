export {
  createIntermediateCa,
  createSelfSignedRoot,
  type IntermediateOptions,
  issuingChain,
  type RootOptions,
  type SigningCa,
} from './authority.ts';
export {
  checkRequestedTtl,
  goDuration,
  type SigningRefusal,
  signingRefusal,
  type TtlDecision,
} from './ca-limits.ts';
export { type Certificate, parseCertificate, parseCertificates } from './certificate.ts';
export type {
  ChainError,
  ChainErrorKind,
  ChainPurpose,
  ChainResult,
  ChainToVerify,
  Check,
  PathCheckId,
  ProfileRule,
} from './chain.ts';
export { type Crl, parseCrl, type RevokedCertificate } from './crl.ts';
export { createCsr, type Csr, parseCsr, verifyCsrSignature } from './csr.ts';
export { PkiError } from './error.ts';
export type { Extension } from './extension.ts';
export type { GeneralName, GeneralNameType } from './general-name.ts';
export { keyIdentifier } from './key-identifier.ts';
export { exportPrivateKey, generateKeyPair, importPrivateKeyPem, type KeyPair } from './key-pair.ts';
export { type KeyType, keyTypeOfSpki, keyTypes, type PublicKeyInfo, readPublicKeyInfo } from './key-type.ts';
export type { BasicConstraints, KeyUsage } from './known-extensions.ts';
export { Name, type NameAttribute } from './name.ts';
export type { NameConstraints } from './name-constraints.ts';
export { type PrivateKeyForm, privateKeyPem } from './private-key.ts';
export { sign, verify } from './signature.ts';
export type { SignatureAlgorithm } from './signature-algorithm.ts';
export {
  checkPossession,
  checkSigner,
  readSigningRequest,
  type SigningRequestResult,
} from './signing-request.ts';
export { type TlsVerdict, tlsVerdict } from './verdict.ts';
export { verifyChain } from './verify-chain.ts';
export {
  type SpiffePeer,
  type SpiffePeerError,
  type SpiffePeerResult,
  verifySpiffePeer,
} from './verify-spiffe-peer.ts';
export {
  issueSelfSigned,
  issueServerCertificate,
  issueWorkloadCertificate,
  type ServerRequest,
  type WorkloadRequest,
} from './workload-certificate.ts';
