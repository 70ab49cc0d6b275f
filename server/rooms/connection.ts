/** How a room speaks: to one connection, or to all of its own. Socket.IO is behind it, known to `server/sockets` alone. */
import type { ServerToClient } from '#lib/wire/protocol';

export type Send = <E extends keyof ServerToClient>(event: E, ...args: Parameters<ServerToClient[E]>) => void;

export interface Connection {
  readonly id: string;
  /** Arrives, in order, or the connection ends. */
  readonly send: Send;
  /** Dropped where the connection is busy with the one before. */
  readonly sendVolatile: Send;
}

export interface Audience {
  /** To every connection in the room, `except` one: reliable, in order, encoded once. */
  readonly tell: <E extends keyof ServerToClient>(
    except: string | null,
    event: E,
    ...args: Parameters<ServerToClient[E]>
  ) => void;
}
