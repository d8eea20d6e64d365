import type { ClockRow, HandOffRow, TouchRow } from '../../src/lifecycle/account/rows.ts';
import { openBetween } from '../../src/lifecycle/calendar/calendar.ts';
import type { Directory, Rep, RoutingModel, RoutingState } from '../../src/lifecycle/routing/model.ts';
import { route } from '../../src/lifecycle/routing/route.ts';
import type { Activity } from '../../src/lifecycle/scoring/activity.ts';
import { addActivities, asksFor, type EngagementTally } from '../../src/lifecycle/scoring/engagement.ts';
import type { ScoringModel } from '../../src/lifecycle/scoring/model.ts';
import { judge } from '../../src/lifecycle/scoring/sales-ready.ts';
import type { Person } from '../../src/lifecycle/scoring/score.ts';
import { type Clock, dueSteps, readClock } from '../../src/lifecycle/sla/clock.ts';
import type { SlaModel } from '../../src/lifecycle/sla/model.ts';
import { advance } from '../../src/lifecycle/stage/advance.ts';
import type { LifecycleDefinition } from '../../src/lifecycle/stage/definition.ts';
import { type Fact, noRecord, reasons } from '../../src/lifecycle/stage/facts.ts';
import { brokenInvariants } from '../../src/lifecycle/stage/invariants.ts';
import { type Journey, newJourney, type Transition } from '../../src/lifecycle/stage/journey.ts';
import { randomFrom } from '../random.ts';
import { makeCalendar } from './calendar/calendars.ts';

const hour = 3_600_000;
export const dayLength = 24 * hour;
const start = Date.UTC(2024, 0, 1, 6);

interface Lead {
  readonly person: Person;
  readonly begins: number;
  journey: Journey;
  all: EngagementTally;
  since: EngagementTally;
  clock: Clock | null;
  done: Set<string>;
  /** Facts that were told too early, told late, or are still on their way. */
  pending: Fact[];
}

/** What a store would hold of the hand-offs, for the hand-off account. */
interface YearRows {
  readonly handOffs: HandOffRow[];
  readonly touches: TouchRow[];
  readonly clocks: ClockRow[];
}

export interface Year {
  readonly leads: readonly Lead[];
  readonly rows: YearRows;
  readonly transitions: readonly (Transition & { readonly lead: string })[];
  readonly broken: readonly string[];
  readonly given: ReadonlyMap<string, number>;
  /** Who was given a lead, and when. */
  readonly routes: readonly { readonly owner: string; readonly at: number }[];
  readonly steps: readonly string[];
  readonly held: number;
}

export interface YearRules {
  readonly definition: LifecycleDefinition;
  readonly scoring: ScoringModel;
  readonly routing: RoutingModel;
  readonly sla: SlaModel;
  readonly queue: string;
}

/** The fortnight in August, or after it, in which the rep of this place is on holiday. */
export const absenceOf = (index: number): { readonly from: number; readonly to: number } => ({
  from: start + (210 + index * 4) * dayLength,
  to: start + (224 + index * 4) * dayLength,
});

/** Reps who accept, reject, forget, go on holiday in August and leave the company in autumn. */
const repsOn = (day: number, ids: readonly string[], open: ReadonlyMap<string, number>): Directory['reps'] =>
  new Map(
    ids.map((id, index): [string, Rep] => [
      id,
      {
        id,
        active: !(index === 0 && day > 270),
        calendar: calendars[index % calendars.length] ?? makeCalendar(),
        absences: [absenceOf(index)],
        openLeads: open.get(id) ?? 0,
      },
    ]),
  );
const calendars = [makeCalendar(), makeCalendar({ zone: 'America/New_York', holidays: 'US' })];

/** A year of so many people, hour by hour at most and day by day at least, through the pure parts as a worker would use them. */
export const playYear = (rules: YearRules, repIds: readonly string[], count: number, seed: number): Year => {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const transitions: (Transition & { lead: string })[] = [];
  const broken: string[] = [];
  const steps: string[] = [];
  const given = new Map<string, number>();
  const routes: { owner: string; at: number }[] = [];
  const open = new Map<string, number>();
  const rows: YearRows = { handOffs: [], touches: [], clocks: [] };
  let [turns, held] = [{} as RoutingState, 0];

  const leads = Array.from({ length: count }, (_, index): Lead => {
    const isGood = random() < 0.5;
    const contact = isGood
      ? { jobtitle: 'Head of IT', company: 'Acme', numemployees: '100-500' }
      : { company: null };
    const begins = Math.floor(random() * 300);
    return {
      person: {
        id: String(index),
        contact,
        lead: {},
        email: `p${index}@${isGood ? 'acme.com' : 'gmail.com'}`,
        owner: null,
      },
      begins,
      journey: newJourney(String(index), start + begins * dayLength),
      all: {},
      since: {},
      clock: null,
      done: new Set(),
      pending: [],
    };
  });

  const tell = (lead: Lead, facts: readonly Fact[], now: number, day: number): void => {
    const before = lead.journey;
    const events = [...lead.pending, ...facts];
    const record = { ...noRecord, contact: lead.person.contact };
    const result = advance(before, { events, record }, rules.definition, now);
    broken.push(
      ...brokenInvariants({
        before,
        facts: { events, record },
        definition: rules.definition,
        now,
        result,
      }).map((why) => `lead ${before.id}, day ${day}: ${why}`),
    );
    lead.journey = result.journey;
    const { id, turn, touchedAt } = result.journey;
    if (touchedAt !== null && touchedAt !== before.touchedAt)
      rows.touches.push({ journey: id, turn, at: touchedAt });
    lead.pending = [...result.waiting];
    for (const transition of result.transitions) {
      transitions.push({ ...transition, lead: before.id });
      carryOut(lead, transition, now, day);
    }
  };

  /** What the effects would do: they answer with facts. */
  const carryOut = (lead: Lead, transition: Transition, now: number, day: number): void => {
    const { journey } = lead;
    if (transition.effects.includes('return')) {
      if (journey.owner !== null) open.set(journey.owner, Math.max(0, (open.get(journey.owner) ?? 0) - 1));
      lead.since = {};
      if (lead.clock !== null) lead.clock = { ...lead.clock, doneAt: lead.clock.doneAt ?? now };
      // Some returns take a day to be carried out.
      const at = now + (random() < 0.2 ? dayLength : 0);
      lead.pending.push({ kind: 'placed', key: `placed/${transition.evidence}`, at, by: 'tandem' });
    }
    if (!transition.effects.some((effect) => effect === 'hand-off' || effect === 're-route')) return;
    const routed = route(
      {
        record: 'Lead',
        names: { contact: lead.person.contact },
        purpose: transition.effects.includes('hand-off') ? 'hand-off' : 're-route',
        owner: null,
        accountOwner: null,
        sameRep: transition.cause === 'recontact' ? journey.owner : null,
        refusedBy: new Set(journey.reroutes > 0 && journey.owner !== null ? [journey.owner] : []),
        reroutes: journey.reroutes,
      },
      rules.routing,
      { reps: repsOn(day, repIds, open), queues: new Map([[rules.queue, null]]) },
      turns,
      now,
    );
    turns = routed.state;
    const { decision } = routed;
    if (decision.kind === 'held') held += 1;
    const owner = decision.kind === 'owner' || decision.kind === 'queue' ? decision.id : rules.queue;
    given.set(owner, (given.get(owner) ?? 0) + 1);
    routes.push({ owner, at: now });
    open.set(owner, (open.get(owner) ?? 0) + 1);
    lead.done = new Set();
    lead.clock = {
      journey: journey.id,
      turn: journey.turn,
      kind: 'follow-up',
      startedAt: now,
      asked: transition.cause === 'asked',
      owner,
      pauses: [],
      doneAt: null,
    };
    const { id } = journey;
    const { turn } = transition;
    const state = decision.kind === 'held' ? 'held' : 'handed';
    const why = decision.kind === 'held' ? 'no owner' : null;
    const handedAt = decision.kind === 'held' ? null : now;
    rows.handOffs.push({ journey: id, turn, readyAt: transition.at, mode: 'act', state, why, handedAt });
    const dueAt = readClock(lead.clock, rules.sla, makeYearCalendar, now).dueAt;
    rows.clocks.push({ journey: id, turn, kind: 'follow-up', dueAt });
    lead.pending.push({
      kind: 'handed',
      key: `handed/${journey.turn}/${journey.reroutes}`,
      at: now,
      by: 'tandem',
      to: 'rep',
      owner,
    });
  };

  const behave = (lead: Lead, now: number): Activity[] => {
    if (random() > 0.08) return [];
    const key = `${lead.person.id}/${now}`;
    const kind = random();
    if (kind < 0.04) return [{ key, at: now, type: 'formSubmission', form: 'Demo request' }];
    if (kind < 0.2) return [{ key, at: now, type: 'formSubmission', form: 'Whitepaper' }];
    if (kind < 0.5) return [{ key, at: now, type: 'pageView', url: '/pricing' }];
    return [{ key, at: now, type: kind < 0.7 ? 'emailOpen' : 'pageView', url: '/blog' }];
  };

  /** What the rep who has the lead does today, if anything. Some of it is told a day or a week late. */
  const work = (lead: Lead, now: number): Fact[] => {
    const { stage, id, turn } = lead.journey;
    const by = lead.journey.owner ?? 'nobody';
    const late = random() < 0.1 ? Math.floor(random() * 7) * dayLength : 0;
    const fact = (kind: Fact['kind'], extra: Partial<Fact> = {}): Fact[] => [
      { kind, key: `${kind}/${id}/${now}`, at: now - late, by, ...extra },
    ];
    if (by === rules.queue) return random() < 0.1 ? fact('touched') : [];
    const mood = random();
    if (stage === 'sales-ready' && mood < 0.25) return fact('touched', { owner: by });
    if (stage === 'working' || stage === 'accepted') {
      if (mood < 0.1) return fact('rejected', { reason: pick(reasons) });
      if (mood < 0.14) return fact('sent-back', { reason: 'Not now', recontactAt: now + 40 * dayLength });
      if (mood < 0.2) return fact('accepted');
      if (mood < 0.24) return fact('opened', { opportunity: `006/${id}/${turn}` });
    }
    const [deal] = lead.journey.openOpportunities;
    if (stage === 'opportunity' && mood < 0.05)
      return fact(mood < 0.02 ? 'won' : 'deal-lost', { opportunity: deal ?? '', reason: pick(reasons) });
    if (stage === 'customer' && mood < 0.005) return fact('churned');
    if (stage === 'returned' && lead.journey.place === 'repair' && mood < 0.2) return fact('repaired');
    return [];
  };

  for (let day = 0; day < 366; day += 1) {
    for (const lead of leads) {
      if (day < lead.begins) continue;
      const now = start + day * dayLength + Math.floor(random() * 10) * hour;
      const activities = behave(lead, now);
      lead.all = addActivities(lead.all, activities, rules.scoring);
      lead.since = addActivities(lead.since, activities, rules.scoring);
      const facts = work(lead, now);
      if (activities.length > 0) {
        const judged = judge(lead.person, lead.all, rules.scoring, now, lead.since);
        const { score, fit, engagement, newestAt } = judged.score;
        facts.push({
          kind: 'scored',
          key: `scored/${now}`,
          at: now,
          by: 'tandem',
          score: { score, fit, engagement, ready: judged.ready, newestAt },
        });
        for (const activity of activities) {
          if (asksFor(activity, rules.scoring) !== null)
            facts.push({ kind: 'asked', key: `asked/${activity.key}`, at: now, by: 'form' });
        }
      }
      tell(lead, facts, now, day);
      // What was told twice and what the effects answered.
      if (lead.pending.length > 0 || random() < 0.05) tell(lead, facts, now, day);
      const { clock } = lead;
      if (clock === null) continue;
      if (lead.journey.touchedAt !== null && clock.doneAt === null)
        lead.clock = { ...clock, doneAt: lead.journey.touchedAt };
      else {
        const calendar = makeYearCalendar;
        for (const { step, key, at } of dueSteps(clock, rules.sla, calendar, 'act', lead.done, now)) {
          lead.done.add(key);
          steps.push(`${key}/${lead.journey.reroutes} ${step}`);
          if (openBetween(calendar, clock.startedAt, at) <= 0)
            broken.push(`${key} came before any business time`);
        }
      }
    }
  }
  return { leads, rows, transitions, broken, given, routes, steps, held };
};

const makeYearCalendar = makeCalendar();
