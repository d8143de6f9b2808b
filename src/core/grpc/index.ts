export * from './create-certificate.ts';
export * from './discovery.ts';
export * from './framing.ts';
export { DecodedMessage, EncodedMessage } from './message.ts';
export * from './secret.ts';
export * from './status.ts';
export { type JsonObject, type JsonValue, readStruct, STRUCT, writeStruct } from './struct.ts';
export type { HeaderList } from './hpack.ts';
export { Http2Endpoint, type StreamMessage } from './http2.ts';
