import { describe, expect, it } from 'vitest';
import { heldBack } from '../../../src/lifecycle/look/held-back.ts';
import { type LookModels, lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { SeenPerson } from '../../../src/lifecycle/look/person.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import type { Fact } from '../../../src/lifecycle/stage/facts.ts';
import { nextTimer } from '../../../src/lifecycle/stage/timers.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const day = 24 * 60 * 60_000;
const iso = (at: number): string => new Date(at).toISOString();

const { scoring } = loadWith({});
if (scoring === null) throw new Error('the shipped scoring.yaml is wrong');
const models: LookModels = { lifecycle: makeDefinition(), scoring, sinceAt: now };

/** Ready by what she did the day before the lifecycle was on. */
const ready: RawFields = {
  email: 'vera@nordlys.example',
  jobtitle: 'Head of IT',
  company: 'Nordlys',
  recent_conversion_date: iso(now - day),
  recent_conversion_event_name: 'Newsletter',
  hs_analytics_last_timestamp: iso(now - day),
  hs_analytics_last_url: 'https://nordlys.example/pricing',
};
const person = (contact: RawFields, lead: RawFields | null = null, stamp = now - day): SeenPerson => ({
  contact: {
    ref: { system: 'hubspot', type: 'contacts', id: '7' },
    fields: contact,
    stamp,
    createdAt: now - 100 * day,
    byUs: false,
  },
  sales:
    lead === null
      ? null
      : {
          ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
          fields: lead,
          stamp,
          createdAt: now - 90 * day,
          byUs: false,
        },
});
const look = (stored: StoredJourney, seen: SeenPerson, at: number) => lookAt(stored, seen, [], models, at);
const ofPast = () => newStored('j', '7', now, true);
const kinds = ({ effects }: ReturnType<typeof look>): readonly string[] => effects.map(({ kind }) => kind);
const released = (stored: StoredJourney, at: number): StoredJourney => {
  const fact: Fact = { kind: 'released', key: 'released', at, by: 'tandem' };
  return { ...stored, facts: [fact] };
};

describe('who is ready by what was before the lifecycle was on', () => {
  const held = look(ofPast(), person(ready), now);

  it('is held back, with the place in the queue by the score, and handed to nobody', () => {
    expect([held.stored.journey.stage, kinds(held)]).toEqual(['engaged', []]);
    expect(held.unmoved).toMatchObject([{ kind: 'scored', why: 'first-start' }]);
    const score = held.judgement?.score.score ?? 0;
    expect(score).toBeGreaterThan(40);
    expect(heldBack(held, models.lifecycle)).toEqual({ held: { what: 'hand-off', rank: score, since: now } });
    const again = look(held.stored, person(ready), now + day);
    expect([again.stored.journey.heldAt, kinds(again)]).toEqual([now, []]);
  });

  it('goes at once by asking, or by doing something new', () => {
    const asking = {
      ...ready,
      recent_conversion_date: iso(now + 60_000),
      recent_conversion_event_name: 'Demo',
    };
    const reading = { ...ready, hs_analytics_last_timestamp: iso(now + 60_000) };
    for (const fields of [asking, reading]) {
      const looked = look(held.stored, person(fields, null, now + 60_000), now + 61_000);
      expect([looked.stored.journey.stage, kinds(looked)]).toEqual(['sales-ready', ['hand-off', 'programs']]);
      expect(heldBack(looked, models.lifecycle)).toEqual({ held: null });
    }
  });

  it('goes when let go, by the score of that day', () => {
    const looked = look(released(held.stored, now + day), person(ready), now + day);
    expect([looked.stored.journey.stage, kinds(looked)]).toEqual(['sales-ready', ['hand-off', 'programs']]);
    const later = now + 200 * day;
    const faded = look(released(held.stored, later), person(ready), later);
    expect([faded.stored.journey.stage, kinds(faded)]).toEqual(['engaged', []]);
    expect(heldBack(faded, models.lifecycle)).toEqual({ held: null });
  });

  it('waits no more once the score has faded, and is none who came later', () => {
    const faded = look(held.stored, person(ready), now + 200 * day);
    expect([faded.stored.journey.heldAt, heldBack(faded, models.lifecycle)]).toEqual([null, { held: null }]);
    const later = look(newStored('j', '7', now), person(ready), now);
    expect(kinds(later)).toEqual(['hand-off', 'programs']);
    expect(heldBack(later, models.lifecycle)).toEqual({});
  });
});

describe('a lead that sales had before the lifecycle was on', () => {
  const working = { Status: 'Working - Contacted', OwnerId: '005b' };
  const first = look(ofPast(), person({ email: 'vera@nordlys.example' }, working), now);
  const due = now + 14 * day;
  const stalled = look(first.stored, person({ email: 'vera@nordlys.example' }, working), due);

  it('is not given back by itself when it stalls, and has no clock until somebody moves it', () => {
    expect(first.stored.journey.stage).toBe('working');
    expect(nextTimer(first.stored.journey, models.lifecycle)).toEqual({ kind: 'stalled', at: due });
    expect([stalled.stored.journey.stage, kinds(stalled)]).toEqual(['working', []]);
    expect(heldBack(stalled, models.lifecycle)).toEqual({ held: { what: 'return', rank: -due, since: due } });
    expect(nextTimer(stalled.stored.journey, models.lifecycle)).toBeNull();
  });

  it('is given back when let go, at that moment', () => {
    const word = due + 30 * day;
    const looked = look(
      released(stalled.stored, word),
      person({ email: 'vera@nordlys.example' }, working),
      word,
    );
    expect([looked.stored.journey.stage, kinds(looked)]).toEqual(['returned', ['return']]);
    expect(looked.stored.journey.returnedAt).toBe(word);
  });

  it('is as any other once a rep moves it', () => {
    const moved = person(
      { email: 'vera@nordlys.example' },
      { ...working, Status: 'Working - Called' },
      due + day,
    );
    const looked = look(stalled.stored, moved, due + day);
    expect(heldBack(looked, models.lifecycle)).toEqual({ held: null });
    expect(nextTimer(looked.stored.journey, models.lifecycle)).toEqual({
      kind: 'stalled',
      at: due + 15 * day,
    });
  });
});
