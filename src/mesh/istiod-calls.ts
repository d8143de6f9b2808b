import { utf8Decode, utf8Encode } from '../core/bytes/index.ts';
import {
  decodeCertificateRequest,
  encodeCertificateResponse,
  grpcFrame,
  grpcStatus,
  grpcUnframe,
  type GrpcStatus,
} from '../core/grpc/index.ts';
import { readSigningRequest, type Certificate, type SigningRefusal } from '../core/pki/index.ts';
import { SpiffeId } from '../core/spiffe/index.ts';
import type { ArtefactId, Check, PodRef } from '../trace/index.ts';
import { CaPort, type Answer } from './ca/port.ts';
import { issue, type SigningOrder } from './issue.ts';
import { certificateKey } from './tls/evidence.ts';
import { podOfActor, podOfUser } from './pod-names.ts';
import { rootArtefacts, type ControlPlane } from './trust/control-plane.ts';
import { sendAnchors } from './trust/distribute.ts';
import { post, type Incoming, type World } from './world.ts';

interface Call {
  readonly incoming: Incoming;
  readonly answer: Answer;
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
  readonly #plane: ControlPlane;
  readonly #calls = new Map<string, Call>();
  readonly #port: CaPort;
  #reviews = 0;

  constructor(world: World, plane: ControlPlane) {
    this.#world = world;
    this.#plane = plane;
    this.#port = new CaPort(world, plane, (incoming, answer) => this.#begin(incoming, answer));
  }

  /** Takes a message: on port 15012, or the API server's answer to a review. */
  serve(incoming: Incoming): void {
    if (incoming.protocol === 'TokenReview') this.#continueWithReview(incoming);
    else this.#port.receive(incoming);
  }

  /** A CreateCertificate request arrived: its token goes to the API server for review. */
  #begin(incoming: Incoming, answer: Answer): void {
    const world = this.#world;
    const call: Call = { incoming, answer, checks: [], pod: podOfActor(incoming.from) };
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
    const stream = `review:${this.#plane.actor}:${this.#reviews}`;
    this.#calls.set(stream, call);
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: authorization.slice('Bearer '.length), audiences: [world.settings.tokenAudience] },
    };
    const token = world.artefacts.get(incoming.meta.artefact)?.refs['token'];
    post(world, {
      from: this.#plane.actor,
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
        `failed to validate the JWT from cluster "${this.#plane.cluster}": ` +
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

  /** Forgets every call under way and cuts all connections: what a process does that stops. */
  abandonAll(): void {
    this.#calls.clear();
    this.#port.cutAll();
  }

  #sign(call: Call, username: string): void {
    const { settings, provider, gate } = this.#world;
    const { ca, actor, trustDomain, clockOffsetMs } = this.#plane;
    const [, , namespace = '', account = ''] = username.split(':');
    const spiffeId = SpiffeId.forServiceAccount(trustDomain, namespace, account).toString();
    const request = decodeCertificateRequest(grpcUnframe(call.incoming.payload)).message;
    const parsed = readSigningRequest(request.csrPem);
    if (!parsed.ok) {
      this.#refuseCsr(call, parsed.refusal, [{ id: 'csr.encoding', ok: false }]);
      return;
    }
    const order = {
      csr: parsed.csr,
      spiffeId,
      requestedTtlMs: request.validitySeconds * 1000,
      now: new Date(this.#world.epochMs + this.#world.clock.now() + clockOffsetMs),
      serial: this.#world.chance(actor).bytes(16),
    };
    gate.run(
      'certificate.issue',
      () => issue(provider, ca, settings, order),
      (result) => {
        if (!result.ok) throw result.error;
        const issued = result.value;
        if (!issued.ok) {
          this.#refuseCsr(call, issued.refusal, issued.checks);
          return;
        }
        call.checks.push(...issued.checks);
        this.#deliver(call, order, issued.certificate);
      },
    );
  }

  #deliver(call: Call, order: SigningOrder, certificate: Certificate): void {
    const world = this.#world;
    const plane = this.#plane;
    const { csr, spiffeId } = order;
    const requestedSan = csr.uris[0] ?? null;
    const csrArtefact = world.artefacts.get(call.incoming.meta.artefact)?.refs['csr'];
    const artefact = world.artefacts.put({
      kind: 'certificate',
      owner: call.incoming.from,
      pod: call.pod,
      bytes: certificate.der,
      refs: { ...this.#issuerRefs(), ...(csrArtefact === undefined ? {} : { csr: csrArtefact }) },
    });
    if (world.tlsEvidence === 'full') world.knownCertificates.set(certificateKey(certificate), artefact);
    world.trace.append(plane.actor, 'certificate.issued', {
      pod: call.pod,
      artefact,
      spiffeId,
      serialNumber: certificate.serialNumber,
      notBeforeMs: certificate.notBefore.getTime() - world.epochMs,
      notAfterMs: certificate.notAfter.getTime() - world.epochMs,
      requestedSan,
      requestedTtlMs: order.requestedTtlMs,
      checks: [...call.checks, { id: 'csr.san-ignored', ok: true, detail: requestedSan ?? '' }],
    });
    const chain = [certificate, ...plane.chain];
    const certChain = [...chain.map((each) => each.pem()), plane.rootPem];
    // Agent and Envoy of the pod parse this very text next; another text, say a tampered one, they parse themselves.
    world.certificates.remember(certChain.join(''), [...chain, ...plane.roots]);
    this.#reply(call, 'signed chain', grpcFrame(encodeCertificateResponse({ certChain }).bytes), {
      refs: { certificate: artefact },
    });
    const record = world.cluster.pods.get(podOfActor(call.incoming.from) ?? '');
    if (record !== undefined) sendAnchors(world, plane, record);
  }

  /** The certificates above a leaf: what signed it, and the root it is sent with. */
  #issuerRefs(): Readonly<Record<string, ArtefactId>> {
    const [root] = rootArtefacts(this.#plane);
    const { signer } = this.#plane.loaded;
    return {
      ...(root === undefined ? {} : { root }),
      ...(signer.artefact === root ? {} : { issuer: signer.artefact }),
    };
  }

  #refuseCsr(call: Call, refusal: SigningRefusal, checks: readonly Check[]): void {
    this.#refuse(call, grpcStatus(refusal.grpcName, refusal.message), refusal.message, checks);
  }

  #refuse(call: Call, status: GrpcStatus, log: string, checks: readonly Check[]): void {
    this.#world.trace.append(this.#plane.actor, 'csr.refused', {
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
    const artefact = this.#world.artefacts.put({
      kind: rest.status === undefined ? 'create-certificate-response' : 'grpc-trailers',
      owner: this.#plane.actor,
      pod: call.pod,
      bytes: payload,
      refs: rest.refs ?? {},
    });
    call.answer({ payload, status: rest.status ?? null, label, artefact });
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
