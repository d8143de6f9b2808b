export {
  type CaOptions,
  createIntermediateCa,
  createRootCa,
  createSelfSignedRoot,
  issuingChain,
  type NameLimits,
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
  TriedPath,
} from './chain.ts';
export { labelOf } from './chain.ts';
export { clauseOf } from './check-clause.ts';
export { createCrl, type CrlOptions, type Revocation } from './create-crl.ts';
export { type Crl, type CrlReason, parseCrl, type RevokedCertificate } from './crl.ts';
export { createCsr, type Csr, parseCsr, verifyCsrSignature } from './csr.ts';
export type {
  DistributionPoint,
  DistributionPointName,
  IssuingDistributionPoint,
} from './distribution-point.ts';
export { PkiError } from './error.ts';
export type { Extension } from './extension.ts';
export type { GeneralName, GeneralNameType } from './general-name.ts';
export { keyIdentifier } from './key-identifier.ts';
export { exportPrivateKey, generateKeyPair, importPrivateKeyPem, type KeyPair } from './key-pair.ts';
export { type KeyType, keyTypeOfSpki, keyTypes, type PublicKeyInfo, readPublicKeyInfo } from './key-type.ts';
export type { BasicConstraints, KeyUsage } from './known-extensions.ts';
export { Name, type NameAttribute } from './name.ts';
export type { NameConstraints } from './name-constraints.ts';
export { type OcspResponse, type OcspSingle, parseOcspResponse } from './ocsp.ts';
export type { PolicyConstraints, PolicyMapping } from './policy-extensions.ts';
export type { PolicySettings } from './policy-processing.ts';
export { type PrivateKeyForm, privateKeyPem } from './private-key.ts';
export type { ReferenceName } from './reference-name.ts';
export { refusalText } from './refusal-text.ts';
export type { RevocationSettings } from './revocation.ts';
export { sign, verify } from './signature.ts';
export type { SignatureAlgorithm } from './signature-algorithm.ts';
export { looksLikeSignedData, readSignedData, type SignedDataBag } from './signed-data.ts';
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
