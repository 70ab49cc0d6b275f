/** Everything that a stranger can grow, with its unit and the reason. What a run may be is in `lib/spec/limits`, a frame in `lib/runs/frame`, an agenda in `lib/room/limits`. */
export const LIMITS = {
  /** people who take part in one room: a lecture hall */
  seats: 200,
  /** people who watch beside them */
  watchers: 300,
  /** tabs that one person may have open on one room */
  tabs: 16,
  /** keys that one browser shows of one room */
  keys: 8,
  /** rooms opened by one session in an hour */
  roomsPerHour: 20,
  /** rooms opened by everyone together in an hour: whoever drops the cookie is a new session each time */
  roomsPerHourInAll: 1_000,
  /** links made in a room, and links imported by a session, in an hour */
  linksPerHour: 30,
  /** links imported by everyone together in an hour: each is up to 6 MB on disk */
  linksPerHourInAll: 200,
  /** notes that a request for a link names; more than a link holds are refused in words */
  linkNotes: 1_000,
  /** days after which a room that nobody opened is deleted: longer than any holidays */
  idleDays: 90,
  /** the last of them, in which whoever opens the room is told; and what is left to every room where the server itself was away */
  noticeDays: 14,
  /** rooms held in memory at once, by a server: about 1 MB each */
  openRooms: 1_000,
  /** connections to a server: twenty full rooms; each costs memory before it has said who it is */
  connections: 20_000,
  /** bytes of one Socket.IO message: the largest frame and its envelope */
  message: 18_000_000,
  /** bytes of one message of the document: a paste, not a film */
  update: 256_000,
  /** bytes of a room's document: beyond it, edits are refused */
  document: 4_000_000,
  /** bytes of updates on disk before a document in use is written whole: one value set over and over leaves the document small */
  documentLog: 16_000_000,
  /** connections of one person to one document: each tab's, and what a lost network has left behind */
  documentTabs: 32,
  /** connections to one document in all: a full room in two tabs each, twice over when its network blinks */
  documentConnections: 2_000,
  /** times that a connection is told a whole document at once, and again every ten seconds: a large one takes 50 ms of everyone's time */
  documentStates: 4,
  /** reliable messages a connection may send in a second, on average; ten times as many at once */
  messagesPerSecond: 60,
  /** events and frames of the run that it trains that a connection may send in a second, on average; ten times as many at once: a quick run is two hundred, and a knob begins one each second */
  publishedPerSecond: 400,
  /** whole timelines, and tries to be shown, that a connection may ask for at once, and again every two seconds: each is up to 16 MB */
  timelines: 20,
  /** frames a viewer is sent in a second at most: the eye sees no more of a glide */
  framesPerSecond: 30,
  /** instances that a viewer may subscribe to */
  subscribedInstances: 4_096,
  /** packets, and bytes, waiting for one slow connection before it is cut: engine.io's own buffer has no bound */
  bufferedPackets: 256,
  bufferedBytes: 32_000_000,
  /** bytes of a checkpoint in one message: a large one does not hold up what else is said */
  checkpointPart: 1_000_000,
  /** ms after which everyone is told that a trainer lost its connection: a reload, or a blink of the network, is over sooner */
  trainerGrace: 1_200,
  /** ms for which browsers have time to come back after the server was restarted, before their runs are said to be without a trainer */
  restartGrace: 10_000,
  /** ms after which a run without a trainer goes on by itself on the server, where its room allows that */
  handOverDelay: 5_000,
  /** times that a run goes on by itself after its training process broke: what breaks it may be the run */
  trainerRestarts: 3,
  /** ms for which the lead, the knobs and a raised hand wait for someone who lost the connection: a reload is over sooner */
  companyGrace: 4_000,
  /** runs of a room's history that are read from disk at once: 16 MB each */
  openingRuns: 4,
  /** runs that the server trains at once, in all rooms: each is a process of its own */
  serverRuns: 8,
  /** runs that wait for the server at once: a few minutes' worth of slices */
  waitingRuns: 50,
} as const;

export type Limits = { readonly [name in keyof typeof LIMITS]: number };
