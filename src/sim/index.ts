export { VirtualClock } from './clock.ts';
export type { Timer } from './timer-heap.ts';
export { Gate, type GateOptions } from './gate.ts';
export { Tape, type GateResult, type TapeEntry } from './tape.ts';
export {
  Driver,
  type AdvanceOptions,
  type AdvanceOutcome,
  type DriverOptions,
  type Progress,
} from './driver.ts';
export { RandomStream, randomStreams, type RandomStreams } from './random.ts';
export {
  Wire,
  type DropReason,
  type Latency,
  type Message,
  type Outgoing,
  type WireHooks,
  type WireOptions,
} from './wire.ts';
export type { Fault, Link, LinkMatch } from './fault.ts';
