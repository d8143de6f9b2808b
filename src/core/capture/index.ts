export {
  type CapturedConnection,
  type CapturedFrame,
  type CaptureEvent,
  type Endpoint,
  TcpConversation,
  tcpFrames,
} from './connection.ts';
export { type Capture, pcapng, pcapngHeader, pcapngPacket, pcapngSecrets } from './pcapng.ts';
