import * as asn1js from 'asn1js';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { verifyChain } from '../../../src/core/pki/index.ts';
import { verifySignature } from '../../../src/core/pki/signature.ts';
import { at, type PathCertificates, type ValidatePath } from './chain.ts';

/** Ours: every path, every check, with its evidence. */
export function svidlab(path: PathCertificates): ValidatePath {
  const input = { chain: path.slice(0, -1), roots: path.slice(-1), at, purpose: 'serverAuth' } as const;
  return async () => {
    const { error } = await verifyChain(nativeCrypto, input);
    if (error !== null) throw new Error(error.kind);
  };
}

/** The signatures alone, keys imported before, one after the other. */
export function bareSignatures(path: PathCertificates): ValidatePath {
  return async () => {
    for (const [depth, certificate] of path.slice(0, -1).entries()) {
      const issuer = path[depth + 1]!;
      const verdict = await verifySignature(nativeCrypto, {
        spki: issuer.spki,
        key: issuer.publicKey,
        scheme: certificate.signatureAlgorithm.scheme,
        data: certificate.tbs,
        signature: certificate.signature,
        reuseKey: true,
      });
      if (verdict !== 'valid') throw new Error(verdict);
    }
  };
}

export function pkijsPath(path: PathCertificates): ValidatePath {
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: globalThis.crypto }));
  // Fresh buffers: pkijs keeps views of what it is given.
  const read = ({ der }: PathCertificates[number]) =>
    new pkijs.Certificate({ schema: asn1js.fromBER(Uint8Array.from(der).buffer).result });
  const [leaf, ...others] = path.map(read);
  const trusted = others.pop()!;
  return async () => {
    const engine = new pkijs.CertificateChainValidationEngine({
      trustedCerts: [trusted],
      // The leaf comes last.
      certs: [...[...others].reverse(), leaf!],
      checkDate: at,
    });
    const { result, resultMessage } = await engine.verify();
    if (!result) throw new Error(resultMessage);
  };
}

export function forgePath(path: PathCertificates): ValidatePath {
  const certificates = path.map((certificate) => forge.pki.certificateFromPem(certificate.pem()));
  const store = forge.pki.createCaStore(certificates.slice(-1));
  return () => {
    const options = { validityCheckDate: at };
    // It takes the array apart.
    forge.pki.verifyCertificateChain(store, certificates.slice(0, -1), options as never);
    return Promise.resolve();
  };
}
