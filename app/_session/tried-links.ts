/** Links of what was trained in this tab and nowhere else. Notes stay with the run that they were written on. */
import { createStore } from 'zustand/vanilla';
import { refuse } from '#lib/base/result';
import type { ReplayedRun } from '#lib/link/replay';
import { keepLink } from './keep-link.ts';
import { NO_LINKS, type Links } from './links.ts';

const NOTHING = refuse('conflict', 'This run was not trained here: run it again, and make the link then.', 'run');

/** `whole`: the run of this tab, while it has one. `now`: ms since 1970. */
export const createTriedLinks = (whole: () => ReplayedRun | null, now: () => number): Links => ({
  store: createStore(() => NO_LINKS),
  actions: {
    make(request, again) {
      const run = again ?? whole();
      return run?.record.id === request.run ? keepLink(run, request, now()) : Promise.resolve(NOTHING);
    },
    recap: () => Promise.resolve(NOTHING),
    askNames: () => Promise.resolve(),
    lend: () => Promise.resolve(),
  },
});
