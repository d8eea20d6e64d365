import type { Scenario, Step } from './scenario.ts';

/** So long that whatever goes wrong once is over: what comes next meets everything settled. */
const gapMs = 60_000;
const step = (what: Step['what']): Step => ({ gapMs, what });

/**
 * A small story in which a bit of everything happens to three people, one known to both sides and differently, the others to one each. Each
 * step meets what came before settled, so that there is one right end, wherever a worker dies and whatever goes wrong once.
 */
export const smallStory: Scenario = {
  seed: 1,
  people: [
    { contact: true, lead: true, differs: true, bare: false },
    { contact: true, lead: false, differs: false, bare: true },
    { contact: false, lead: true, differs: false, bare: false },
  ],
  firms: [],
  deals: [],
  pipelines: 1,
  patient: false,
  workers: 1,
  faults: { cutBefore: 0, cutAfter: 0, unavailable: 0, lies: 0, throttled: 0, stale: 0, late: 0 },
  webhooks: null,
  streaming: null,
  steps: [
    step({ kind: 'both', who: 0, field: 0 }),
    step({ kind: 'edit', side: 'hubspot', who: 1, field: 6 }),
    step({ kind: 'sayNo', side: 'salesforce', who: 0, what: 'email' }),
    step({ kind: 'clear', side: 'salesforce', who: 2, field: 1 }),
    step({ kind: 'remove', side: 'salesforce', who: 1, thenField: 0 }),
    step({ kind: 'enter', side: 'hubspot' }),
  ],
};
