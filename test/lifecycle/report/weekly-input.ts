import type { AccountTransition, HandOffRow, TouchRow } from '../../../src/lifecycle/account/rows.ts';
import type {
  ReportClock,
  ReportDeal,
  ReportPerson,
  WeeklyInput,
} from '../../../src/lifecycle/report/input.ts';
import { weekAt } from '../../../src/lifecycle/report/weeks.ts';
import { repReasons } from '../../../src/model/stages.ts';
import { randomFrom } from '../../random.ts';
import { day, hour, makeHandOff, makeTransition } from '../account/rows.ts';

/** Sunday 29 November 2026, 18:00: the end of 2026-W48. */
export const reportedAt = Date.UTC(2026, 10, 29, 18);
export const week48 = weekAt(reportedAt, 'UTC');

/** Nothing at all, as of the end of the week. */
export const makeWeekly = (overrides: Partial<WeeklyInput> = {}): WeeklyInput => ({
  rows: { transitions: [], handOffs: [], touches: [], clocks: [] },
  clocks: [],
  deals: [],
  people: new Map(),
  owners: new Map(),
  quality: { acceptedPercentMin: 60, badDataPercentMax: 10 },
  signals: null,
  week: week48,
  zone: 'UTC',
  now: reportedAt,
  ...overrides,
});

const firstNames = ['Vera', 'Ben', 'Aisha', 'Jonas', 'Mei', 'Tomás', 'Ingrid', 'Kofi', 'Lena', 'Ravi'];
const lastNames = ['Lind', 'Okafor', 'Haddad', 'Brandt', 'Chen', 'Silva', 'Nygård', 'Mensah', 'Vogel', 'Rao'];
const companies = [
  'Nordlys AS',
  'Acme Corp',
  'Hansen & Söhne',
  'Globex',
  'Umbra Labs',
  'Initech',
  'Vandelay',
];
const sources = ['ORGANIC_SEARCH', 'PAID_SEARCH', 'REFERRALS', 'EMAIL_MARKETING', 'DIRECT_TRAFFIC', null];
/** How good each of the sources is. */
const goodness = [0.75, 0.42, 0.85, 0.62, 0.58, 0.5];
const repNames = ['Ben Okafor', 'Carla Ruiz', 'Dmitri Volkov', 'Elif Kaya'];
const owners = new Map(repNames.map((name, index) => [`00500000000000${index + 1}AAA`, name]));

interface Story {
  readonly transitions: readonly AccountTransition[];
  readonly handOff: HandOffRow | null;
  readonly touches: readonly TouchRow[];
  readonly clocks: readonly ReportClock[];
  readonly deals: readonly ReportDeal[];
}

/** A company of so many leads over four months, some of everything; the same seed is the same company. */
export const makeBusyWeekly = (leads: number, seed = 1): WeeklyInput => {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const people = new Map<string, ReportPerson>();
  const stories = Array.from({ length: leads }, (_, index): Story => {
    const journey = String(index + 1);
    const sourceAt = Math.floor(random() * sources.length);
    people.set(journey, {
      journey,
      hubspot: String(1000 + index),
      salesforce: `00Q${String(index + 1).padStart(12, '0')}AAA`,
      name: `${pick(firstNames)} ${pick(lastNames)}`,
      company: pick(companies),
      source: sources[sourceAt] ?? null,
    });
    const at = reportedAt - Math.floor(random() ** 1.4 * 118 * day) - hour;
    const definition = random() < 0.25 ? null : at > reportedAt - 40 * day ? '2026-2' : '2026-1';
    const begin = makeTransition({
      journey,
      at,
      definition,
      cause: definition === null ? 'asked' : 'scored',
    });
    const owner = pick([...owners.keys()]);
    const base = { journey, readyAt: at, hubspot: String(1000 + index) };
    const none: Story = { transitions: [begin], handOff: null, touches: [], clocks: [], deals: [] };
    const luck = random();
    if (luck < 0.04) return none;
    const whys = ["the org's assignment rule chooses nobody", 'salesforce refuses it'];
    if (luck < 0.06) {
      const handOff = makeHandOff({ ...base, handedAt: null, state: 'failed', why: pick(whys) });
      return { ...none, handOff };
    }
    const handedAt = at + 2_000;
    const touchAt = handedAt + random() ** 2 * 3 * day;
    const isTouched = touchAt < reportedAt && random() < 0.93;
    const clock = { journey, turn: 1, owner, startedAt: handedAt };
    const dueAt = handedAt + (definition === null ? 2 : 20) * hour;
    const handOff = makeHandOff({ ...base, handedAt });
    const touched = isTouched ? touchAt : null;
    const followUp: ReportClock = { ...clock, kind: 'follow-up', dueAt, doneAt: touched };
    const verdictAt = touchAt + random() * 12 * day;
    const isJudged = isTouched && verdictAt < reportedAt;
    const verdict: ReportClock = {
      ...clock,
      kind: 'verdict',
      dueAt: handedAt + 7 * day,
      doneAt: isJudged ? verdictAt : null,
    };
    const touch = makeTransition({
      ...{ journey, from: 'sales-ready', to: 'working', cause: 'touched', at: touchAt, effects: [] },
      definition: null,
    });
    const story = {
      transitions: isTouched ? [begin, touch] : [begin],
      handOff,
      touches: isTouched ? [{ journey, turn: 1, at: touchAt }] : [],
      clocks: [followUp, verdict],
      deals: [],
    };
    if (!isJudged) return story;
    const isGood = random() < (goodness[sourceAt] ?? 0.5);
    const word = makeTransition({
      ...{ journey, from: 'working', effects: [], definition: null, at: verdictAt },
      ...(isGood
        ? { to: 'accepted' as const, cause: 'accepted' as const }
        : random() < 0.4
          ? { to: 'returned' as const, cause: 'sent-back' as const, reason: 'Not now' as const }
          : { to: 'returned' as const, cause: 'rejected' as const, reason: pick(repReasons) }),
    });
    const hasDeal = isGood && random() < 0.5;
    const closes = verdictAt + random() * 60 * day;
    const isClosed = closes < reportedAt;
    const state = isClosed ? (random() < 0.45 ? 'won' : 'lost') : 'open';
    const deal: ReportDeal = {
      id: `006${journey.padStart(12, '0')}AAA`,
      state,
      stage: state === 'open' ? 'Proposal' : state === 'won' ? 'Closed Won' : 'Closed Lost',
      currency: null,
      amount: random() < 0.05 ? null : Math.round(random() ** 2 * 90) * 1_000 + 4_000,
      lossReason: state === 'lost' ? pick(['Price', 'Timing', 'Product', 'Competitor']) : null,
      createdAt: random() < 0.85 ? verdictAt : at - 10 * day,
      closesOn: new Date(closes).toISOString().slice(0, 10),
      journeys: [journey],
    };
    return { ...story, transitions: [...story.transitions, word], deals: hasDeal ? [deal] : [] };
  });
  const clocks = stories.flatMap((story) => story.clocks);
  return makeWeekly({
    rows: {
      transitions: stories.flatMap(({ transitions }) => transitions),
      handOffs: stories.flatMap(({ handOff }) => handOff ?? []),
      touches: stories.flatMap(({ touches }) => touches),
      clocks,
    },
    clocks,
    deals: stories.flatMap(({ deals }) => deals),
    people,
    owners,
    signals: [
      "Fewer go on from sales-ready: source PAID_SEARCH\nOf 41 in sales-ready 39% went on within 14 days, before that 64% of 210.\nBy luck 1 in 1,200 (Fisher's exact test, one of 34 comparisons).\nRead the reasons of the leads of this source that came back; raise its bar, or pause it.",
    ],
  });
};
