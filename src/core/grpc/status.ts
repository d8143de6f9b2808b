/** gRPC status of a call: numeric code, its name and the message the client sees. */
export interface GrpcStatus {
  readonly code: number;
  readonly name: string;
  readonly message: string;
}

/** Codes by name, as the gRPC status code reference and Go's `codes` package have them. */
export const GRPC_CODES = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export type GrpcCodeName = keyof typeof GRPC_CODES;

/** A status by the name of its code. */
export function grpcStatus(name: GrpcCodeName, message = ''): GrpcStatus {
  return { code: GRPC_CODES[name], name, message };
}

/** Go's name of `code`; `Code(N)` for numbers outside the table, as Go prints them. */
export function grpcCodeName(code: number): string {
  const found = Object.entries(GRPC_CODES).find(([, value]) => value === code);
  return found ? found[0] : `Code(${code})`;
}

/** The status as grpc-go prints an error: `rpc error: code = Unavailable desc = …`. */
export function formatGrpcStatus(status: GrpcStatus): string {
  return `rpc error: code = ${status.name} desc = ${status.message}`;
}
