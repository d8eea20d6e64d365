import { beforeEach, describe, expect, it } from 'vitest';
import { newStored } from '../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../src/lifecycle/run/context.ts';
import { recountOnce } from '../../src/lifecycle/run/recount-pass.ts';
import { toActivityRow, toJourneyRow, toStored } from '../../src/lifecycle/run/rows.ts';
import { recompute } from '../../src/lifecycle/scoring/engagement.ts';
import type { ScoringModel } from '../../src/lifecycle/scoring/model.ts';
import { rulesHash } from '../../src/lifecycle/scoring/rules-hash.ts';
import { judge } from '../../src/lifecycle/scoring/sales-ready.ts';
import { makeActivity, makePerson, modelOf } from '../lifecycle/scoring/scoring-model.ts';
import { makeDefinition, shippedText } from '../lifecycle/shipped-files.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

const shipped = shippedText('scoring.yaml');
const today = modelOf(shipped);
const generous = modelOf(shipped.replace('points: 10, cap: 30', 'points: 40, cap: 40'));
const strict = modelOf(
  shipped.replace("fit in ['A', 'B'] && engagement <= 2", "fit == 'A' && engagement == 1"),
);

const store = () => fixture.store.lifecycle;
const events: string[] = [];
/** What the pass works with; it needs no more of a context. */
const contextOf = (scoring: ScoringModel) =>
  ({
    store: store(),
    models: { scoring, lifecycle: makeDefinition() },
    events: { emit: (event: string) => events.push(event) },
  }) as unknown as LifecycleContext;
const recountAll = async (scoring: ScoringModel): Promise<number> => {
  let people = 0;
  for (;;) {
    const done = await recountOnce(contextOf(scoring));
    people += done;
    if (done === 0) return people;
  }
};

/** Somebody who saw the pricing page so often, counted and judged by today's rules. */
const begin = async (contactId: string, pages: number) => {
  const now = await store().now();
  const activities = Array.from({ length: pages }, (_, n) =>
    makeActivity(`pageView/${n}`, now - n, { type: 'pageView', url: 'https://us.com/pricing' }),
  );
  const person = makePerson();
  const tally = recompute(activities, today);
  const { score, ready } = judge(person, tally, today, now);
  const row = toJourneyRow({
    ...newStored(crypto.randomUUID(), contactId, now),
    contact: { type: 'contacts', id: contactId, fields: { ...person.contact, email: person.email } },
    tally,
    rules: rulesHash(today),
    told: { ...score, ready: ready?.definition ?? null },
  });
  const save = { row, transitions: [], effects: [], clocks: [], heard: [], answers: [] };
  const nextAt = now + 3_600_000;
  await store().save([{ ...save, nextAt, activities: activities.map(toActivityRow) }], [], []);
};
const storedOf = async (contactId: string) => {
  const row = (await store().journeys([contactId])).get(contactId);
  if (row === undefined) throw new Error(`no journey of ${contactId}`);
  return toStored(row);
};

describe('other rules', () => {
  it('count everybody anew from what is stored, once; who comes out otherwise is looked at next', async () => {
    await begin('1', 1);
    await begin('2', 0);
    expect(await recountAll(today)).toBe(2);
    expect(await store().dueContacts(10)).toEqual([]);
    expect((await storedOf('1')).version).toBe(1);

    expect(await recountAll(generous)).toBe(2);
    const one = await storedOf('1');
    expect([one.rules, one.tally['Pricing page']?.value]).toEqual([rulesHash(generous), 40]);
    expect(await store().dueContacts(10)).toEqual(['1']);
    expect(events).toContain('scores-recounted');
    expect(await recountAll(generous)).toBe(0);
  });

  it('another definition alone counts nothing anew, and looks at those whom it concerns', async () => {
    await begin('1', 2);
    await begin('2', 0);
    expect(await recountAll(strict)).toBe(2);
    expect(await store().dueContacts(10)).toEqual(['1']);
    expect((await storedOf('1')).rules).toBe(rulesHash(today));
  });

  it('leave a journey alone that moved meanwhile, and go on where they were', async () => {
    await begin('1', 1);
    const row = (await store().journeys(['1'])).get('1');
    if (row === undefined) throw new Error('no journey');
    const late = { row: { ...row, version: 7, state: '{}' }, looksAgain: true };
    await store().saveRecount({ model: 'x', after: row.id, done: false }, [late]);
    expect(await storedOf('1')).toMatchObject({ version: 1, contactId: '1' });
    expect(await store().recount()).toEqual({ model: 'x', after: row.id, done: false });
  });
});
