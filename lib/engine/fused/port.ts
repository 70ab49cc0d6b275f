/** A line to a worker, whatever it is made of: a Web Worker, a thread of Node, or the same thread. */

export interface Port {
  readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  readonly onMessage: (receive: (message: unknown) => void) => void;
}

/** The coordinator's end. */
export interface WorkerPort extends Port {
  /** Called once, if the worker ends otherwise than by `terminate`. */
  readonly onFailure: (fail: (error: Error) => void) => void;
  readonly terminate: () => void;
}
