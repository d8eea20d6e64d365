import { describe, expect, it } from 'vitest';
import { type LookModels, lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { SeenPerson } from '../../../src/lifecycle/look/person.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import { nextTimer } from '../../../src/lifecycle/stage/timers.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

const { scoring } = loadWith({});
if (scoring === null) throw new Error('the shipped scoring.yaml is wrong');
const models: LookModels = { lifecycle: makeDefinition(), scoring, sinceAt: now - 60 * minute };

const vera = {
  email: 'vera@nordlys.example',
  jobtitle: 'Head of IT',
  company: 'Nordlys',
  phone: '+4712345678',
  numemployees: '500-1000',
};
const person = (contact: RawFields, lead: RawFields | null = null, stamp = now): SeenPerson => ({
  contact: {
    ref: { system: 'hubspot', type: 'contacts', id: '7' },
    fields: contact,
    stamp,
    createdAt: now - 30 * minute,
    byUs: false,
  },
  sales:
    lead === null
      ? null
      : {
          ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
          fields: lead,
          stamp,
          createdAt: now,
          byUs: false,
        },
});
const look = (stored: StoredJourney, seen: SeenPerson, at = now, more: Partial<LookModels> = {}) =>
  lookAt(stored, seen, [], { ...models, ...more }, at);
const first = () => newStored('j', '7', now);
const asking = {
  ...vera,
  recent_conversion_date: iso(now - minute),
  recent_conversion_event_name: 'Request a demo',
};
const ways = ({ transitions }: ReturnType<typeof look>): readonly string[] =>
  transitions.map(({ from, to, cause }) => `${from} → ${to} (${cause})`);

describe('a look at a person', () => {
  it('begins a journey, and the same look again changes nothing', () => {
    const looked = look(first(), person(vera));
    expect(ways(looked)).toEqual(['subscriber → lead (known)']);
    expect(looked.effects).toEqual([]);
    const again = look(looked.stored, person(vera), now + minute);
    expect([again.transitions, again.activities, again.effects]).toEqual([[], [], []]);
    expect(again.stored.journey).toEqual(looked.stored.journey);
  });

  it('who asks for contact goes to sales at once, by one order', () => {
    const looked = look(first(), person(asking));
    expect(ways(looked).at(-1)).toMatch(/→ sales-ready \(asked\)$/);
    expect(looked.effects).toMatchObject([
      { key: 'j/1/hand-off', kind: 'hand-off', turn: 1 },
      { key: expect.stringMatching(/^j\/1\/programs\/asked/), kind: 'programs', turn: 1 },
    ]);
    expect(looked.stored.asked).toMatchObject({ rule: 'Demo or contact form' });
    expect(looked.activities.map(({ type }) => type)).toEqual(['formSubmission']);
    expect(look(looked.stored, person(asking), now + minute).effects).toEqual([]);
  });

  it('who asked before the lifecycle was on is in the timeline, and was heard by somebody else', () => {
    const looked = look(first(), person(asking), now, { sinceAt: now });
    expect(looked.activities).toHaveLength(1);
    expect(looked.stored.asked).toBeNull();
    expect(ways(looked)).not.toContain('engaged → sales-ready (asked)');
  });

  it('a competitor is never handed over, and is once the rule no longer says so', () => {
    const rival = { ...asking, email: 'x@competitor.example' };
    const looked = look(first(), person(rival));
    expect(looked.stored.journey.stage).toBe('disqualified');
    expect(looked.effects).toEqual([]);
    const mended = look(looked.stored, person({ ...asking, email: 'x@nordlys.example' }), now + minute);
    expect(mended.stored.journey.excluded).toBe(false);
  });

  it('an activity from the future waits for its time, and is told then', () => {
    const later = now + 30 * minute;
    const seen = person({ ...asking, recent_conversion_date: iso(later) });
    const early = look(first(), seen);
    expect([early.activities, early.againAt]).toEqual([[], later]);
    expect(early.stored.asked).toBeNull();
    const due = look(early.stored, seen, later);
    expect(due.effects.map(({ kind }) => kind)).toEqual(['hand-off', 'programs']);
    expect(due.againAt).toBeNull();
  });

  it("a rep's no goes back, and only what comes after it counts from then on", () => {
    const open = { Status: 'Open - Not Contacted', OwnerId: '005b', Tandem_Disposition__c: null };
    const handed = look(look(first(), person(asking)).stored, person(asking, open), now + minute);
    const told: StoredJourney = {
      ...handed.stored,
      facts: [
        { kind: 'handed', key: 'handed/j/1', at: now + minute, by: 'tandem', to: 'rep', owner: '005b' },
      ],
    };
    const waiting = look(told, person(asking, open), now + 2 * minute);
    expect(waiting.stored.journey).toMatchObject({
      stage: 'sales-ready',
      owner: '005b',
      handedAt: now + minute,
    });
    const said = { ...open, Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' };
    const back = look(waiting.stored, person(asking, said, now + 3 * minute), now + 3 * minute);
    expect(ways(back)).toEqual(['sales-ready → returned (rejected)']);
    expect(back.effects.map(({ key }) => key)).toEqual(['j/1/return']);
    expect(back.stored.journey).toMatchObject({ reason: 'No budget', program: 'Nurture: budget' });
    expect(back.stored.earned).toEqual({});
    const again = { ...asking, recent_conversion_date: iso(now + 4 * minute) };
    const forward = look(back.stored, person(again, said, now + 4 * minute), now + 4 * minute);
    expect(forward.effects.map(({ key }) => key)).toEqual([
      'j/2/hand-off',
      `j/2/programs/${forward.effects[0]?.evidence}`,
    ]);
  });

  it("a rep's no counts in the very second of the hand-off, whose milliseconds the stamp has lost", () => {
    const open = { Status: 'Open - Not Contacted', OwnerId: '005b', Tandem_Disposition__c: null };
    const half = now + minute + 500;
    const asked = { ...asking, recent_conversion_date: iso(half) };
    const ready = look(look(first(), person(vera)).stored, person(asked, open), half);
    expect(ready.stored.journey).toMatchObject({ stage: 'sales-ready', turnAt: half });
    const no = { ...open, Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No need' };
    const back = look(ready.stored, person(asked, no, now + minute), half + 400);
    expect(ways(back)).toEqual(['sales-ready → returned (rejected)']);
    const long = look(ready.stored, person(asked, no, now + minute - 1_000), half + 400);
    expect(ways(long)).toEqual([]);
  });

  it('a no without a reason is asked about once, and the reason that comes later sends them on', () => {
    const open = { Status: 'Open - Not Contacted', OwnerId: '005b', Tandem_Disposition__c: null };
    const handed = look(look(first(), person(asking)).stored, person(asking, open), now + minute);
    const no = { ...open, Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: null };
    const back = look(handed.stored, person(asking, no, now + 2 * minute), now + 2 * minute);
    expect(back.effects.map(({ key }) => key)).toEqual(['j/1/return', 'j/1/ask-reason']);
    expect(back.stored.journey).toMatchObject({ reason: 'Unknown', program: 'Nurture: general' });
    const late = { ...no, Tandem_Reason__c: 'No budget' };
    const mended = look(back.stored, person(asking, late, now + 3 * minute), now + 3 * minute);
    expect(ways(mended)).toEqual(['returned → returned (rejected)']);
    expect(mended.stored.journey).toMatchObject({ reason: 'No budget', program: 'Nurture: budget', turn: 1 });
    // An order of its own: that of the first return is carried out, and the same key would do nothing.
    expect(mended.effects.map(({ key }) => key)).toEqual([`j/1/return/${now + 3 * minute}`]);
  });

  it('a touch closes the task that asked for it', () => {
    const open = { Status: 'Open - Not Contacted', OwnerId: '005b' };
    const ready = look(look(first(), person(asking)).stored, person(asking, open), now + minute);
    const working = { ...open, Status: 'Working - Contacted' };
    const touched = look(ready.stored, person(asking, working, now + 2 * minute), now + 2 * minute);
    expect(ways(touched)).toEqual(['sales-ready → working (touched)']);
    expect(touched.effects.map(({ kind }) => kind)).toEqual(['close-task']);
  });

  describe('by an SDR', () => {
    const open = { Status: 'Open - Not Contacted', OwnerId: '005S', Tandem_Disposition__c: null };
    const handed = {
      kind: 'handed',
      key: 'handed',
      at: now + minute,
      by: 'tandem',
      to: 'sdr',
      owner: '005S',
    } as const;
    const withSdr = () => {
      const ready = look(look(first(), person(asking)).stored, person(asking, open), now + minute);
      return look({ ...ready.stored, facts: [handed] }, person(asking, open), now + minute);
    };
    const yes = { ...open, Tandem_Disposition__c: 'Accepted' };

    it('a yes hands them on to a rep, also where nobody looked since they came to the SDR', () => {
      expect(ways(withSdr())).toEqual(['sales-ready → sdr (handed)']);
      const on = look(withSdr().stored, person(asking, yes, now + 2 * minute), now + 2 * minute);
      expect(ways(on)).toEqual(['sdr → sales-ready (qualified)']);
      expect(on.transitions).toMatchObject([{ by: '005S', turn: 1, definition: null }]);
      expect(on.effects.map(({ key }) => key)).toEqual([`j/1/hand-on/${now + 2 * minute}`]);
      const ready = look(look(first(), person(asking)).stored, person(asking, open), now + minute);
      const late = look(
        { ...ready.stored, facts: [handed] },
        person(asking, yes, now + 2 * minute),
        now + 2 * minute,
      );
      expect(ways(late)).toEqual(['sales-ready → sdr (handed)', 'sdr → sales-ready (qualified)']);
    });

    it('the same word of the rep, who is quicker than the look, is a word of its own', () => {
      const on = look(withSdr().stored, person(asking, yes, now + 2 * minute), now + 2 * minute);
      const taken = { ...on.stored.shown, salesforce: { Tandem_Disposition__c: null } };
      const told = { ...handed, key: 'on', at: now + 3 * minute, to: 'rep' as const, owner: '005R' };
      const seen = person(asking, { ...yes, OwnerId: '005R' }, now + 4 * minute);
      const stored = { ...on.stored, shown: taken, facts: [told] };
      expect(ways(look(stored, seen, now + 4 * minute))).toEqual(['sales-ready → accepted (accepted)']);
      // As long as nothing says that the word was taken away, it is the old one.
      expect(ways(look({ ...stored, facts: [] }, seen, now + 4 * minute))).toEqual([]);
      expect(ways(look({ ...stored, shown: on.stored.shown }, seen, now + 4 * minute))).toEqual([]);
    });

    it('the same word of the rep in the second in which the SDR said it is heard, too: stamps are whole seconds', () => {
      const at = now + 2 * minute;
      const on = look(withSdr().stored, person(asking, yes, at), at + 300);
      const told = { ...handed, key: 'on', at: at + 600, to: 'rep' as const, owner: '005R' };
      const shown = { ...on.stored.shown, salesforce: { Tandem_Disposition__c: null } };
      const seen = person(asking, { ...yes, OwnerId: '005R' }, at);
      const quick = look({ ...on.stored, shown, facts: [told] }, seen, at + 900);
      expect(ways(quick)).toEqual(['sales-ready → accepted (accepted)']);
      expect(ways(look(quick.stored, seen, at + 1_200))).toEqual([]);
    });

    it('a yes that names the rep leaves the SDR as the one who said it', () => {
      const given = { ...yes, OwnerId: '005R' };
      const on = look(withSdr().stored, person(asking, given, now + 2 * minute), now + 2 * minute);
      expect([on.transitions[0]?.by, on.stored.journey.owner]).toEqual(['005S', '005S']);
    });

    it('a no goes back by its reason, and a conversion is a yes of sales', () => {
      const no = { ...open, Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No need' };
      const back = look(withSdr().stored, person(asking, no, now + 2 * minute), now + 2 * minute);
      expect(ways(back)).toEqual(['sdr → returned (rejected)']);
      const seen = person(asking, yes, now + 2 * minute);
      const sales =
        seen.sales === null
          ? null
          : { ...seen.sales, ref: { ...seen.sales.ref, type: 'Contact', id: '0031' } };
      const converted = look(withSdr().stored, { ...seen, sales }, now + 2 * minute);
      expect(ways(converted)).toEqual(['sdr → accepted (accepted)']);
      expect(converted.effects.map(({ kind }) => kind)).toEqual(['close-task']);
    });
  });

  it('the task of a nudge is closed by the verdict', () => {
    const working = { Status: 'Working - Contacted', OwnerId: '005b', Tandem_Disposition__c: null };
    const ready = look(look(first(), person(asking)).stored, person(asking, working), now + minute);
    const touched = look(ready.stored, person(asking, working, now + minute), now + minute);
    const nudged = (at: number | null) => ({
      ...touched.stored,
      journey: { ...touched.stored.journey, stage: 'working' as const, nudgedAt: at },
    });
    const yes = person(asking, { ...working, Tandem_Disposition__c: 'Accepted' }, now + 3 * minute);
    const kinds = (at: number | null) =>
      look(nudged(at), yes, now + 3 * minute).effects.map(({ kind }) => kind);
    expect(kinds(now + 2 * minute)).toEqual(['close-task']);
    expect(kinds(null)).toEqual([]);
  });

  it('nobody stalls for the time before the lifecycle was on', () => {
    const old = now - 400 * 24 * 60 * minute;
    const working = { Status: 'Working - Contacted', OwnerId: '005b' };
    const seen = person(vera, working, old);
    const looked = look(newStored('j', '7', models.sinceAt), {
      ...seen,
      contact: { ...seen.contact, createdAt: old },
    });
    expect(looked.stored.journey.stage).toBe('working');
    expect(ways(looked).filter((way) => way.includes('stalled'))).toEqual([]);
    const due = nextTimer(looked.stored.journey, models.lifecycle);
    expect(due).toEqual({ kind: 'stalled', at: models.sinceAt + 14 * 24 * 60 * minute });
  });

  it('what is only observed moves the journey and orders nothing', () => {
    const lifecycle = makeDefinition({
      behaviours: { stages: 'observe', 'hand-off': 'observe', return: 'observe', score: 'observe' },
    });
    const looked = look(first(), person(asking), now, { lifecycle });
    expect(looked.stored.journey.stage).toBe('sales-ready');
    expect(looked.transitions.every(({ mode }) => mode === 'observe')).toBe(true);
    expect(looked.effects).toEqual([]);
  });
});
