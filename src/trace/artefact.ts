/** Identifier of an artefact: `<kind>:<ordinal>`, the ordinal counting that kind within the run. */
export type ArtefactId = string;

export type ArtefactKind =
  | 'private-key'
  | 'certificate'
  | 'chain'
  | 'csr'
  | 'crl'
  | 'token'
  | 'jwks'
  | 'create-certificate-request'
  | 'create-certificate-response'
  | 'discovery-request'
  | 'discovery-response'
  | 'token-request'
  | 'token-review'
  | 'grpc-trailers'
  | 'tls-flight'
  | 'tls-message'
  | 'http'
  | 'http2';

/**
 * Bytes that exist in the world. `bytes` is what stands on the wire or on disk: DER for a certificate, CSR, CRL or
 * PKCS#8 key, PEM text for a chain, the compact JWT for a token, a gRPC-framed protobuf message for CA and SDS
 * calls, header lines for the trailers of a refused call, whole records for a TLS flight. `refs` name the artefacts it carries, so that a view can walk from a message to what is inside.
 */
export interface Artefact {
  readonly id: ArtefactId;
  readonly kind: ArtefactKind;
  /** Actor that made it; `keep: last` holds one artefact per owner and kind. */
  readonly owner: string;
  /** Pod it concerns, where there is one. */
  readonly pod: string | null;
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly refs: Readonly<Record<string, ArtefactId>>;
}
