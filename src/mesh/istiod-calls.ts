import { utf8Decode, utf8Encode } from '../core/bytes/index.ts';
import {
  decodeCertificateRequest,
  encodeCertificateResponse,
  grpcFrame,
  grpcStatus,
  grpcUnframe,
  type GrpcStatus,
} from '../core/grpc/index.ts';
import {
  checkRequestedTtl,
  issueWorkloadCertificate,
  parseCsr,
  signingRefusal,
  verifyCsrSignature,
  type Csr,
  type SigningRefusal,
} from '../core/pki/index.ts';
import { SpiffeId } from '../core/spiffe/index.ts';
import type { ArtefactId, Check, PodRef } from '../trace/index.ts';
import { podOfActor, podOfUser } from './pod-names.ts';
import { post, worldDate, type Incoming, type World } from './world.ts';

interface Call {
  readonly incoming: Incoming;
  readonly checks: Check[];
  pod: PodRef | null;
}

interface ReviewStatus {
  readonly authenticated: boolean;
  readonly error?: string;
  readonly user?: { readonly username: string; readonly extra: Readonly<Record<string, readonly string[]>> };
  readonly audiences?: readonly string[];
}

/**
 * CreateCertificate as istiod serves it (security/pkg/server/ca/server.go): authenticate the caller by a
 * TokenReview, take the identity from the token and never from the CSR, check the CSR and the lifetime, sign.
 */
export class IstiodCalls {
  readonly #world: World;
  readonly #calls = new Map<string, Call>();
  #reviews = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes a message: a new call, or the API server's answer to a review. */
  serve(incoming: Incoming): void {
    if (incoming.protocol === 'CreateCertificate') this.#begin(incoming);
    else this.#continueWithReview(incoming);
  }

  /** A CreateCertificate request arrived: its token goes to the API server for review. */
  #begin(incoming: Incoming): void {
    const world = this.#world;
    const call: Call = { incoming, checks: [], pod: podOfActor(incoming.from) };
    const authorization = incoming.meta.headers?.['authorization'] ?? '';
    if (!authorization.startsWith('Bearer ')) {
      this.#refuse(
        call,
        authenticateFailure,
        authenticatorLog('target JWT extraction error: no bearer token exists in HTTP authorization header'),
        [{ id: 'token.present', ok: false }],
      );
      return;
    }
    call.checks.push({ id: 'token.present', ok: true });
    this.#reviews += 1;
    const stream = `review:${this.#reviews}`;
    this.#calls.set(stream, call);
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: authorization.slice('Bearer '.length), audiences: [world.settings.tokenAudience] },
    };
    const token = world.artefacts.get(incoming.meta.artefact)?.refs['token'];
    post(world, {
      from: 'istiod',
      to: 'api-server',
      protocol: 'TokenReview',
      label: 'TokenReview',
      kind: 'token-review',
      pod: call.pod,
      payload: utf8Encode(JSON.stringify(body)),
      stream,
      refs: token === undefined ? {} : { token },
    });
  }

  /** The API server answered a review. */
  #continueWithReview(incoming: Incoming): void {
    const call = this.#calls.get(incoming.meta.stream);
    if (call === undefined) return;
    this.#calls.delete(incoming.meta.stream);
    const { status } = JSON.parse(utf8Decode(incoming.payload)) as { readonly status: ReviewStatus };
    const user = status.user;
    if (!status.authenticated || user === undefined || (status.audiences ?? []).length === 0) {
      const log = authenticatorLog(
        `failed to validate the JWT from cluster "${this.#world.settings.cluster}": ` +
          `the service account authentication returns an error: ${status.error ?? ''}`,
      );
      this.#refuse(call, authenticateFailure, log, [
        { id: 'token.review', ok: false, detail: status.error ?? '' },
      ]);
      return;
    }
    call.pod = podOfUser({ user }) ?? call.pod;
    call.checks.push({ id: 'token.review', ok: true, detail: user.username });
    this.#sign(call, user.username);
  }

  /** Forgets every call under way and names their requests: what a stopping process does to its connections. */
  abandonAll(): readonly Incoming[] {
    const abandoned = [...this.#calls.values()].map((call) => call.incoming);
    this.#calls.clear();
    return abandoned;
  }

  #sign(call: Call, username: string): void {
    const { settings, provider, gate, ca } = this.#world;
    const [, , namespace = '', account = ''] = username.split(':');
    const spiffeId = SpiffeId.forServiceAccount(settings.trustDomain, namespace, account).toString();
    const request = decodeCertificateRequest(grpcUnframe(call.incoming.payload)).message;
    const parsed = readCsr(request.csrPem);
    if (!parsed.ok) {
      this.#refuseCsr(call, parsed.refusal, { id: 'csr.encoding', ok: false });
      return;
    }
    const { csr } = parsed;
    const requestedTtlMs = request.validitySeconds * 1000;
    const now = worldDate(this.#world);
    const serial = this.#world.chance('istiod').bytes(16);
    gate.run(
      'certificate.issue',
      async () => {
        if (!(await verifyCsrSignature(provider, csr))) return { refused: 'signature' as const };
        const ttl = checkRequestedTtl({
          requestedMs: requestedTtlMs,
          defaultMs: settings.defaultWorkloadCertTtlMs,
          maxMs: settings.maxWorkloadCertTtlMs,
        });
        if (!ttl.ok) return { refused: 'ttl' as const, refusal: ttl.refusal };
        const certificate = await issueWorkloadCertificate(provider, ca, {
          spki: csr.spki,
          spiffeId,
          commonName: csr.subject.rdns.flat().some(({ name }) => name === 'CN') ? spiffeId : null,
          now,
          ttlMs: ttl.ttlMs,
          serial,
        });
        return { refused: null, certificate };
      },
      (result) => {
        if (!result.ok) throw result.error;
        const outcome = result.value;
        if (outcome.refused === 'signature') {
          this.#refuseCsr(call, signingRefusal('csr-signature', badSignature(csr)), {
            id: 'csr.signature',
            ok: false,
          });
          return;
        }
        call.checks.push({ id: 'csr.signature', ok: true });
        if (outcome.refused === 'ttl') {
          this.#refuseCsr(call, outcome.refusal, {
            id: 'csr.ttl',
            ok: false,
            detail: outcome.refusal.message,
          });
          return;
        }
        call.checks.push({ id: 'csr.ttl', ok: true });
        this.#deliver(call, { csr, spiffeId, requestedTtlMs, certificate: outcome.certificate });
      },
    );
  }

  #deliver(
    call: Call,
    issued: {
      readonly csr: Csr;
      readonly spiffeId: string;
      readonly requestedTtlMs: number;
      readonly certificate: Awaited<ReturnType<typeof issueWorkloadCertificate>>;
    },
  ): void {
    const world = this.#world;
    const { certificate, csr, spiffeId } = issued;
    const requestedSan = csr.uris[0] ?? null;
    const csrArtefact = world.artefacts.get(call.incoming.meta.artefact)?.refs['csr'];
    const artefact = world.artefacts.put({
      kind: 'certificate',
      owner: call.incoming.from,
      pod: call.pod,
      bytes: certificate.der,
      refs: { root: world.rootArtefact, ...(csrArtefact === undefined ? {} : { csr: csrArtefact }) },
    });
    world.trace.append('istiod', 'certificate.issued', {
      pod: call.pod,
      artefact,
      spiffeId,
      serialNumber: certificate.serialNumber,
      notBeforeMs: certificate.notBefore.getTime() - world.epochMs,
      notAfterMs: certificate.notAfter.getTime() - world.epochMs,
      requestedSan,
      requestedTtlMs: issued.requestedTtlMs,
      checks: [...call.checks, { id: 'csr.san-ignored', ok: true, detail: requestedSan ?? '' }],
    });
    const certChain = [certificate.pem(), ...world.ca.chain.map((above) => above.pem()), world.rootPem];
    this.#reply(call, 'signed chain', grpcFrame(encodeCertificateResponse({ certChain }).bytes), {
      refs: { certificate: artefact },
    });
  }

  #refuseCsr(call: Call, refusal: SigningRefusal, check: Check): void {
    this.#refuse(call, grpcStatus(refusal.grpcName, refusal.message), refusal.message, [check]);
  }

  #refuse(call: Call, status: GrpcStatus, log: string, checks: readonly Check[]): void {
    this.#world.trace.append('istiod', 'csr.refused', {
      pod: call.pod,
      status,
      log: log.replace('ADDR', this.#addressOf(call.incoming.from)),
      checks: [...call.checks, ...checks],
    });
    const trailers = `grpc-status: ${status.code}\r\ngrpc-message: ${encodeURIComponent(status.message)}\r\n`;
    this.#reply(call, `${status.code} ${status.name}`, utf8Encode(trailers), { status });
  }

  #reply(
    call: Call,
    label: string,
    payload: Uint8Array,
    rest: { readonly status?: GrpcStatus; readonly refs?: Readonly<Record<string, ArtefactId>> },
  ): void {
    post(this.#world, {
      from: 'istiod',
      to: call.incoming.from,
      protocol: 'CreateCertificate',
      label,
      kind: rest.status === undefined ? 'create-certificate-response' : 'grpc-trailers',
      pod: call.pod,
      payload,
      stream: call.incoming.meta.stream,
      ...rest,
    });
  }

  #addressOf(actor: string): string {
    const ip = this.#world.cluster.pods.get(podOfActor(actor))?.ip;
    return ip === null || ip === undefined ? 'unknown' : `${ip}:0`;
  }
}

const authenticateFailure = grpcStatus('Unauthenticated', 'request authenticate failure');

function authenticatorLog(reason: string): string {
  return (
    'Failed to authenticate client from ADDR: Authenticator ClientCertAuthenticator: no client certificate is ' +
    `presented; Authenticator KubeJWTAuthenticator: ${reason}`
  );
}

function readCsr(
  pem: string,
): { readonly ok: true; readonly csr: Csr } | { readonly ok: false; readonly refusal: SigningRefusal } {
  if (!pem.includes('-----BEGIN CERTIFICATE REQUEST-----')) {
    const reason = 'certificate signing request is not properly encoded';
    return { ok: false, refusal: signingRefusal('csr-not-pem', reason) };
  }
  try {
    return { ok: true, csr: parseCsr(pem) };
  } catch {
    const reason = 'failed to parse X.509 certificate signing request';
    return { ok: false, refusal: signingRefusal('csr-not-parsed', reason) };
  }
}

/** What Go's crypto/x509 says of a self-signature that does not verify. */
function badSignature(csr: Csr): string {
  return csr.keyType?.startsWith('rsa') === true
    ? 'crypto/rsa: verification error'
    : 'x509: ECDSA verification failure';
}
