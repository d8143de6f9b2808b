import type { AlertEvent, TlsFault } from '../../core/tls/index.ts';
import type { DecisionPoint } from '../../trace/index.ts';

/** How the end of a connection reads in Envoy's logs and counters. */
export interface TlsFailure {
  /** Stable name of the reason, such as `certificate-expired`. */
  readonly reason: string;
  /** Envoy's transport failure reason (source/common/tls/ssl_socket.cc). */
  readonly text: string;
  /** Which of the `ssl.` counters goes up. */
  readonly counter: 'connection_error' | 'fail_verify_error' | 'fail_verify_san' | 'fail_verify_no_cert';
  /** Whether it was the peer's identity that was not accepted, or what came over the wire. */
  readonly by: Extract<DecisionPoint, 'TLS' | 'PeerIdentity'>;
  readonly alert: string;
}

/** Checks of who the peer is; every other rule is about the bytes, whoever sent them. */
const identityRules: ReadonlySet<string> = new Set([
  'certificate.verify',
  'certificate.required',
  'certificate-verify.signature',
]);

/** Alerts that tell of a certificate (RFC 9846, section 6.2). */
const identityAlerts: ReadonlySet<string> = new Set([
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'unknown_ca',
  'certificate_required',
  'decrypt_error',
]);

/** BoringSSL packs its library number above the reason (include/openssl/ssl.h). */
const sslLibrary = 0x10000000;
/** A peer's alert is told as this plus its number. */
const alertBase = 1000;

const reasons: Readonly<Record<string, readonly [reason: number, name: string]>> = {
  'certificate.verify': [125, 'CERTIFICATE_VERIFY_FAILED'],
  'certificate.required': [192, 'PEER_DID_NOT_RETURN_A_CERTIFICATE'],
  'certificate-verify.signature': [114, 'BAD_SIGNATURE'],
  'finished.verify-data': [142, 'DIGEST_CHECK_FAILED'],
  'binder.verify-data': [142, 'DIGEST_CHECK_FAILED'],
  'record.mac': [139, 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC'],
  'record.type': [247, 'WRONG_VERSION_NUMBER'],
  'message.time': [223, 'UNEXPECTED_MESSAGE'],
  'server-hello.version': [240, 'UNSUPPORTED_PROTOCOL'],
  'client-hello.version': [240, 'UNSUPPORTED_PROTOCOL'],
};
/** Simplified: faults that have no row above read as BoringSSL's commonest error of parsing. */
const otherReason = [137, 'DECODE_ERROR'] as const;

/** What this side found wrong. */
export function failureOfFault({ alert, rule, verdict }: TlsFault): TlsFailure {
  const [code, name] = reasons[rule] ?? otherReason;
  const isNameless = rule === 'certificate.required';
  const refusal = verdict === null || verdict.ok ? null : verdict;
  const detail = isNameless ? ':peer did not provide required client certificate' : '';
  const isName = refusal?.error?.kind === 'name-mismatch';
  return {
    reason: refusal?.error?.kind ?? rule,
    text: errorText(code, name, refusal === null ? detail : `:${refusal.text}`),
    counter: isNameless
      ? 'fail_verify_no_cert'
      : refusal === null
        ? 'connection_error'
        : isName
          ? 'fail_verify_san'
          : 'fail_verify_error',
    by: identityRules.has(rule) ? 'PeerIdentity' : 'TLS',
    alert,
  };
}

const ssl3Alerts = new Set([10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47]);

/** What the other side announced. */
export function failureOfAlert({ code, description }: Pick<AlertEvent, 'code' | 'description'>): TlsFailure {
  const prefix = ssl3Alerts.has(code) ? 'SSLV3' : 'TLSV1';
  return {
    reason: `alert ${description}`,
    text: errorText(alertBase + code, `${prefix}_ALERT_${description.toUpperCase()}`, ''),
    counter: 'connection_error',
    by: identityAlerts.has(description) ? 'PeerIdentity' : 'TLS',
    alert: description,
  };
}

function errorText(code: number, name: string, detail: string): string {
  return `TLS_error:|${sslLibrary + code}:SSL routines:OPENSSL_internal:${name}${detail}:TLS_error_end`;
}
