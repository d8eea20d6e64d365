import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DigestActivity } from '../../../src/lifecycle/digest/input.ts';
import {
  detailsWorth,
  isRecount,
  isScored,
  type Memory,
  newsOf,
  noMemory,
  toActivityOf,
} from '../../../src/lifecycle/look/details.ts';
import { type LookModels, lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { SeenPerson } from '../../../src/lifecycle/look/person.ts';
import { activitiesIn } from '../../../src/lifecycle/look/roll-ups.ts';
import { shownOrders } from '../../../src/lifecycle/look/shown-orders.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import { recompute } from '../../../src/lifecycle/scoring/engagement.ts';
import { rulesHash } from '../../../src/lifecycle/scoring/rules-hash.ts';
import { scoreOf } from '../../../src/lifecycle/scoring/score.ts';
import type { FoundActivity } from '../../../src/model/engagement.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makePerson, modelOf } from '../scoring/scoring-model.ts';
import { makeDefinition, shippedText } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const scoring = modelOf(shippedText('scoring.yaml'));
const models: LookModels = { lifecycle: makeDefinition(), scoring, sinceAt: now - 90 * 24 * 60 * minute };
const iso = (at: number): string => new Date(at).toISOString();

const seen = (fields: RawFields): SeenPerson => ({
  contact: {
    ref: { system: 'hubspot', type: 'contacts', id: '7' },
    fields,
    stamp: now,
    createdAt: now - 100 * minute,
    byUs: false,
  },
  sales: null,
});

/** A journey beside the activities that are stored of it, as the store and the passes keep both. */
class Kept {
  stored: StoredJourney = newStored('j', '7', now);
  readonly activities = new Map<string, DigestActivity>();
  fields: RawFields = {};

  memory(told: readonly DigestActivity[], rules = scoring): Memory {
    const own = activitiesIn(this.fields, this.stored.contact?.fields ?? null);
    const keys = new Set([...own, ...told].map(({ key }) => key));
    const known = new Map([...this.activities].filter(([key]) => keys.has(key)));
    const isAnew =
      (this.stored.version > 0 && this.stored.rules !== rulesHash(rules)) ||
      isRecount(newsOf(own, told, known).amended, known, rules);
    return { known, history: isAnew ? [...this.activities.values()] : null };
  }

  look(told: readonly DigestActivity[] = [], rules = scoring) {
    const looked = lookAt(
      this.stored,
      seen(this.fields),
      told,
      { ...models, scoring: rules },
      now,
      this.memory(told, rules),
    );
    for (const each of [...looked.activities, ...looked.amended]) this.activities.set(each.key, each);
    this.stored = { ...looked.stored, version: this.stored.version + 1 };
    return looked;
  }

  scores(rules = scoring) {
    const all = [...this.activities.values()].filter(isScored);
    const of = (tally: StoredJourney['tally']) => scoreOf(makePerson(), tally, rules, now).lines;
    return { kept: of(this.stored.tally), recomputed: of(recompute(all, rules)) };
  }
}

const page = (at: number, more: Partial<FoundActivity> = {}): DigestActivity =>
  toActivityOf({ type: 'pageView', at, url: 'https://a.example/pricing', ...more }, now);
const open = (at: number, machine: boolean): DigestActivity =>
  toActivityOf({ type: 'emailOpen', at, machine }, now);

describe('details beside roll-ups', () => {
  it('one thing told twice, in either order, is one', () => {
    const at = now - minute;
    const rollUp = {
      hs_analytics_last_timestamp: iso(at),
      hs_analytics_last_url: 'https://a.example/pricing?x=1',
    };
    const first = new Kept();
    first.fields = rollUp;
    first.look();
    first.look([page(at, { title: 'Pricing' })]);
    const second = new Kept();
    second.look();
    second.look([page(at, { title: 'Pricing' })]);
    second.fields = rollUp;
    second.look();
    const wanted = [{ type: 'pageView', at, url: 'https://a.example/pricing', title: 'Pricing' }];
    for (const kept of [first, second]) {
      expect([...kept.activities.values()]).toMatchObject(wanted);
      expect(kept.stored.tally['Pricing page']?.count).toBe(1);
    }
  });

  it('an open that a machine turns out to have made is taken back', () => {
    const kept = new Kept();
    kept.fields = { hs_email_last_open_date: iso(now - minute) };
    kept.look();
    expect(kept.stored.tally['Mail opened']?.count).toBe(1);
    const looked = kept.look([open(now - minute, true), open(now - 2 * minute, true)]);
    expect(looked.amended).toMatchObject([{ machine: true }]);
    expect(kept.stored.tally['Mail opened']).toBeUndefined();
    expect(looked.taken).toHaveLength(2);
  });

  it('a form that turns out to have been on the demo page is a request, once', () => {
    const kept = new Kept();
    const at = now - minute;
    kept.fields = { recent_conversion_date: iso(at), recent_conversion_event_name: 'Form 12' };
    expect(kept.look().effects).toEqual([]);
    const told = toActivityOf(
      { type: 'formSubmission', at, form: 'Form 12', url: 'https://a.example/demo' },
      now,
    );
    expect(kept.look([told]).effects.map(({ kind }) => kind)).toEqual(['hand-off', 'programs']);
    expect(kept.look([told]).effects).toEqual([]);
  });

  it('notes and meetings that colleagues entered count nothing and move nobody', () => {
    const kept = new Kept();
    kept.look();
    const { score } = scoreOf(makePerson(), kept.stored.tally, scoring, now);
    const told = (['note', 'meeting', 'call'] as const).map((type) =>
      toActivityOf({ type, at: now, note: 'x' }, now),
    );
    const looked = kept.look(told);
    expect([looked.transitions, looked.activities.length]).toEqual([[], 3]);
    expect(scoreOf(makePerson(), kept.stored.tally, scoring, now).score).toBe(score);
  });

  it('a list that they have left gives no points any more, and stays in the history; one that nobody knew of is no news', () => {
    const rules = modelOf(
      shippedText('scoring.yaml').replace(
        '    - { name: Form sent',
        '    - { name: On a list, on: [listJoined], points: 20 }\n    - { name: Form sent',
      ),
    );
    const kept = new Kept();
    kept.look([], rules);
    const joined = { type: 'listJoined' as const, at: now - minute, list: 'Fair' };
    kept.look([toActivityOf(joined, now)], rules);
    expect(kept.stored.tally['On a list']?.count).toBe(1);
    const left = toActivityOf({ ...joined, isOver: true }, now);
    const looked = kept.look([left], rules);
    expect(looked.amended).toEqual([{ ...toActivityOf(joined, now), leftAt: now }]);
    expect(kept.stored.tally['On a list']).toBeUndefined();
    expect(kept.scores(rules).kept).toEqual(kept.scores(rules).recomputed);
    // And back again, as a restored campaign brings its members back.
    kept.look([{ ...toActivityOf(joined, now), leftAt: null }], rules);
    expect(kept.stored.tally['On a list']?.count).toBe(1);
    const unknown = toActivityOf({ ...joined, list: 'Other', isOver: true }, now);
    expect(kept.look([unknown], rules)).toMatchObject({ activities: [], amended: [], taken: [unknown.key] });
  });

  it('the tally kept up as roll-ups and details arrive, in any order and repeated, is that of what is stored', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('sum' as const),
        type: fc.constantFrom('pageView', 'emailOpen', 'formSubmission'),
        minutes: fc.nat(30),
      }),
      fc.record({
        kind: fc.constant('tell' as const),
        type: fc.constantFrom('pageView', 'emailOpen', 'formSubmission'),
        minutes: fc.array(fc.nat(30), { maxLength: 6 }),
        machine: fc.boolean(),
        url: fc.constantFrom('https://a.example/pricing', 'https://a.example/', 'https://a.example/careers'),
      }),
      fc.record({ kind: fc.constant('rules' as const) }),
    );
    const properties = {
      pageView: 'hs_analytics_last_timestamp',
      emailOpen: 'hs_email_last_open_date',
      formSubmission: 'recent_conversion_date',
    } as const;
    const other = modelOf(shippedText('scoring.yaml').replace('points: 10, cap: 30', 'points: 7, cap: 30'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const kept = new Kept();
        let rules = scoring;
        for (const each of steps) {
          if (each.kind === 'rules') rules = rules === scoring ? other : scoring;
          if (each.kind === 'sum') {
            const name = properties[each.type as keyof typeof properties];
            kept.fields = { ...kept.fields, [name]: iso(now - each.minutes * minute) };
          }
          const told =
            each.kind !== 'tell'
              ? []
              : [...new Set(each.minutes)].map((minutes) =>
                  toActivityOf(
                    {
                      type: each.type as FoundActivity['type'],
                      at: now - minutes * minute,
                      url: each.url,
                      ...(each.type === 'emailOpen' ? { machine: each.machine } : {}),
                    },
                    now,
                  ),
                );
          kept.look(told, rules);
          const { kept: lines, recomputed } = kept.scores(rules);
          expect(lines).toEqual(recomputed);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('details worth a call', () => {
  const sinceAt = now - 60 * minute;
  const own = (fields: RawFields) => activitiesIn(fields, null);
  const worth = (fields: RawFields, before: RawFields | null) =>
    detailsWorth(own(fields), fields, before, sinceAt);

  it.each([
    ['a page', { hs_analytics_last_timestamp: iso(now) }, ['pages']],
    ['a form', { recent_conversion_date: iso(now) }, ['forms', 'pages']],
    ['a mail', { hs_email_last_open_date: iso(now) }, ['mails']],
    ['a meeting', { engagements_last_meeting_booked: iso(now) }, ['logged', 'pages']],
    ['a call or note', { notes_last_updated: iso(now) }, ['logged']],
    ['what was before the lifecycle', { hs_analytics_last_timestamp: iso(sinceAt - 1) }, []],
    ['nothing', {}, []],
  ])('%s', (_, fields, kinds) => {
    expect(worth(fields, null)).toEqual(kinds);
  });

  it('a call that lies ahead moves the number alone', () => {
    expect(worth({ num_notes: '2' }, { num_notes: '1' })).toEqual(['logged']);
    expect(worth({ num_notes: '2' }, { num_notes: '2' })).toEqual([]);
    // Not read before.
    expect(worth({ num_notes: '2' }, {})).toEqual([]);
  });

  it('all kinds for somebody who is handed over', () => {
    const fields = { recent_conversion_date: iso(now), recent_conversion_event_name: 'Request a demo' };
    const looked = lookAt(newStored('j', '7', now), seen(fields), [], models, now, noMemory);
    expect(looked.details).toEqual(['pages', 'forms', 'mails', 'logged', 'lists']);
  });
});

describe('what sales reads of a person', () => {
  const withSales = (fields: RawFields): SeenPerson => ({
    ...seen(fields),
    sales: { ...seen({}).contact, ref: { system: 'salesforce', type: 'Lead', id: '00Q1' }, fields: {} },
  });
  const asked = { recent_conversion_date: iso(now), recent_conversion_event_name: 'Request a demo' };

  it('is shown again with everything that the person does, and not what machines do', () => {
    const first = lookAt(newStored('j', '7', now), withSales(asked), [], models, now);
    const quiet = { ...first.stored, version: 1, shown: { ...first.stored.shown } };
    const again = (told: readonly DigestActivity[]) => {
      const looked = lookAt(quiet, withSales(asked), told, models, now);
      return shownOrders(
        { ...looked, judgement: null, transitions: [] },
        withSales(asked),
        models.lifecycle,
        undefined,
        now,
      );
    };
    expect(again([page(now)])).toMatchObject([{ kind: 'show' }]);
    expect(again([open(now, true)])).toEqual([]);
    expect(again([])).toEqual([]);
  });
});
