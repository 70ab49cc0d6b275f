/** What trains the rooms' runs: what is the fastest here, this machine's processors, or TensorFlow, on whatever it was built for. */
export const SERVER_ENGINES = ['auto', 'processors', 'tensorflow'] as const;
export type ServerEngine = (typeof SERVER_ENGINES)[number];
