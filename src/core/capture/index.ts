export {
  type CapturedConnection,
  type CapturedFrame,
  type CaptureEvent,
  type Endpoint,
  tcpFrames,
} from './connection.ts';
export { type Capture, pcapng } from './pcapng.ts';
