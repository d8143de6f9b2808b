import { type Bytes, asBytes } from '../bytes/bytes.ts';
import { ByteError } from '../bytes/byte-reader.ts';

/** Octets before each message of a gRPC stream: compressed flag and length. */
export const GRPC_PREFIX_LENGTH = 5;

/** The default limit of grpc-go's and grpc-core's receivers. */
const MAX_MESSAGE_LENGTH = 4 * 1024 * 1024;

/**
 * Length-Prefixed-Message of gRPC over HTTP/2: one octet compressed flag (0), four octets big-endian length,
 * message. Simplified: the HTTP/2 frames around it and compression are not modelled.
 */
export function grpcFrame(message: Uint8Array): Bytes {
  const framed = new Uint8Array(GRPC_PREFIX_LENGTH + message.length);
  const { length } = message;
  framed[1] = length >>> 24;
  framed[2] = length >>> 16;
  framed[3] = length >>> 8;
  framed[4] = length;
  framed.set(message, GRPC_PREFIX_LENGTH);
  return framed;
}

/**
 * The one message in `framed`, as a view.
 *
 * @throws ByteError where the prefix is cut off, the flag is not 0, or the length is not that of the rest
 */
export function grpcUnframe(framed: Uint8Array): Bytes {
  if (framed.length < GRPC_PREFIX_LENGTH) throw new ByteError('gRPC prefix is cut off', framed.length);
  if (framed[0] !== 0) throw new ByteError(`gRPC compressed flag is ${framed[0]}`, 0);
  const length = ((framed[1]! << 24) | (framed[2]! << 16) | (framed[3]! << 8) | framed[4]!) >>> 0;
  if (length > MAX_MESSAGE_LENGTH)
    throw new ByteError(`gRPC message of ${length} octets is over the limit`, 1);
  const left = framed.length - GRPC_PREFIX_LENGTH;
  if (length !== left) throw new ByteError(`gRPC length says ${length} octets, ${left} follow`, 1);
  return asBytes(framed.subarray(GRPC_PREFIX_LENGTH));
}
