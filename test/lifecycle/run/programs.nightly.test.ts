import { describe, expect, it } from 'vitest';
import { waitingOf } from '../../../src/lifecycle/account/waiting.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { makeExpression } from '../../../src/mapping/expression.ts';
import { byHand, dies, invitation, wanted, withNurtured } from './nurtured.ts';

/** The rest of programs.test.ts: every way out of nurture, what people ask for, outages, and who is mended. */
const people = withNurtured(32);

/** Another router, which has given the lead to nobody yet. */
const waiting = (): LifecycleContext => {
  const context = people.filed();
  const { models } = context;
  return { ...context, models: { ...models, routing: { ...models.routing, by: 'external' } } };
};
/** The day that the rep named has come. */
const dayComes = async (at: number): Promise<void> => {
  await people.office.simulated.fixture.query(
    `update tandem.journeys set next_at = now(),
       state = jsonb_set(state::jsonb, '{journey,recontactAt}', to_jsonb((extract(epoch from now()) * 1000)::bigint - 1))
     where contact_id = '${people.person(at).hubspot}'`,
  );
  await people.office.settle(people.filed());
};

describe('whoever goes forward from nurture', () => {
  it.each<[string, string, (at: number) => Promise<void>]>([
    ['asking for contact', 'sales-ready', (at) => people.asksForContact(at)],
    ['a rep who begins to work them', 'working', (at) => people.edit(at, { Status: 'Working - Contacted' })],
    [
      "a rep's yes",
      'accepted',
      (at) => people.edit(at, { Tandem_Disposition__c: 'Accepted', Tandem_Reason__c: null }),
    ],
    [
      'a word that they are nobody for us',
      'disqualified',
      (at) => people.ask(at, 'Set stage', 'disqualified'),
    ],
    ['the day that the rep named', 'sales-ready', dayComes],
  ])('by %s leaves the program', async (_, stage, go) => {
    const at = await people.inNurture();
    expect(await people.on(at)).toEqual(['Nurture: later']);
    await go(at);
    expect(await people.shows(at)).toEqual([stage, []]);
  });

  it('costs those who were in no program one call that asks, however many are handed over', async () => {
    const before = await people.office.calls('hubspot');
    await people.tell(people.somebody(), wanted);
    await people.tell(people.somebody(), wanted);
    await people.office.settle(people.filed());
    const made = [...(await people.office.calls('hubspot'))].flatMap(([route, count]) => {
      const more = count - (before.get(route) ?? 0);
      return route.includes('/lists/') && more > 0 ? [`${route}: ${more}`] : [];
    });
    expect(made).toEqual(['POST /crm/v3/lists/records/memberships/batch/read: 1']);
  });

  it('leaves what a rep asked for since as it is, and with the next hand-over that too', async () => {
    const at = people.somebody();
    await people.toSales(at);
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    await people.edit(at, { Status: 'Working - Contacted' });
    await people.edit(at, { Tandem_Disposition__c: 'Accepted' });
    expect(await people.shows(at)).toEqual(['accepted', ['Nurture: champions']]);
    await people.giveBack(at, 'No budget');
    expect(await people.on(at)).toEqual(['Nurture: budget', 'Nurture: champions']);
    await people.asksForContact(at);
    expect(await people.on(at)).toEqual([]);
  });

  it('while returns are only observed: lists are left to people, but for whom a hand-over that acts brings to a rep', async () => {
    const [at, other] = [people.somebody(), people.somebody()];
    const pilot = people.filed({ return: 'observe' });
    await people.put(at, 'Nurture: general');
    await people.put(other, 'Nurture: general');
    await people.edit(at, { Status: 'Working - Contacted' }, pilot);
    await people.toSales(other, pilot);
    expect([await people.on(at), await people.on(other)]).toEqual([['Nurture: general'], []]);
  });

  it('by a hand-over that is not done any more is out of the program all the same', async () => {
    const at = await people.inNurture();
    await people.toSales(at, waiting());
    expect(await people.on(at)).toEqual([]);
    await people.ask(at, 'Set stage', 'disqualified', waiting());
    await people.tryAgain();
    expect((await people.orders(at, 'hand-off')).map(({ why }) => why)).toContain(
      'not done: they had left sales',
    );
    expect(await people.on(at)).toEqual([]);
  });
});

describe('a stage with a program', () => {
  /** The shipped file with its commented examples: everybody below the bar, and customers who were lost. */
  const staged = (): LifecycleContext => {
    const { stages } = people.office.context.models.lifecycle;
    return people.office.with({
      stages: {
        ...stages,
        engaged: { ...stages.engaged, program: 'Nurture: not ready yet' },
        lost: { ...stages.lost, program: 'Nurture: lost customers', entry: isLost },
      },
    });
  };
  const isLost = makeExpression("contact.jobtitle == 'gone'", 1);
  const reads = async (at: number, context: LifecycleContext): Promise<void> => {
    await people.office.simulated.control('hubspot', 'activity', [
      { email: `p${at}@nordlys.example`, type: 'formSubmission', form: 'Newsletter' },
    ]);
    await people.office.mark('hubspot', 'contacts', [people.person(at).hubspot]);
    await people.office.settle(context);
  };

  it('has those on its list who come below the bar, until they are handed over', async () => {
    const at = people.somebody();
    await reads(at, staged());
    expect(await people.shows(at)).toEqual(['engaged', ['Nurture: not ready yet']]);
    const { hubspot } = people.person(at);
    expect(await people.office.read('hubspot', 'contacts', hubspot, 'tandem_program')).toEqual({
      tandem_program: 'Nurture: not ready yet',
    });
    await people.asksForContact(at, staged());
    expect(await people.shows(at)).toEqual(['sales-ready', []]);
  });

  it('puts nobody on a list while returns, or stages, are only observed', async () => {
    const [at, other] = [people.somebody(), people.somebody()];
    const { behaviours } = people.office.context.models.lifecycle;
    for (const [who, name] of [
      [at, 'return'],
      [other, 'stages'],
    ] as const) {
      const context = staged();
      const { models } = context;
      const quiet = {
        ...models.lifecycle,
        behaviours: { ...behaviours, 'hand-off': 'observe' as const, [name]: 'observe' as const },
      };
      await reads(who, { ...context, models: { ...models, lifecycle: quiet } });
      expect(await people.shows(who)).toEqual(['engaged', []]);
    }
  });

  it('has a customer who is lost on its list, and then on that of who is to be won back', async () => {
    const at = people.somebody();
    const { hubspot } = people.person(at);
    await people.office.simulated.fixture.query(
      `update tandem.journeys set stage = 'customer',
         state = jsonb_set(state::jsonb, '{journey,stage}', '"customer"') where contact_id = '${hubspot}'`,
    );
    await people.office.simulated.editContact(hubspot, { jobtitle: 'gone' });
    await people.office.mark('hubspot', 'contacts', [hubspot]);
    await people.office.settle(staged());
    expect(await people.shows(at)).toEqual(['lost', ['Nurture: lost customers']]);
    await people.office.simulated.fixture.query(
      `update tandem.journeys set next_at = now(),
         state = jsonb_set(state::jsonb, '{journey,cooledAt}', to_jsonb((extract(epoch from now()) * 1000)::bigint - 1))
       where contact_id = '${hubspot}'`,
    );
    await people.office.settle(staged());
    expect(await people.shows(at)).toEqual(['win-back', ['Nurture: win-back']]);
    await people.asksForContact(at, staged());
    expect(await people.shows(at)).toEqual(['sales-ready', []]);
  });
});

describe('who is with marketing until a day', () => {
  it('is listed with the day: a hold of either side, and who is ready in the cool-down', async () => {
    const [rep, marketer, ready, none] = [
      await people.inNurture(),
      await people.inNurture(),
      await people.inNurture(),
      await people.inNurture(),
    ];
    await people.ask(rep, 'Hold', '2027-03-01');
    expect(await people.askInHubspot(marketer, 'Hold', '2027-04-01')).toMatch(/^Done/);
    const { hubspot } = people.person(ready);
    const judged = { score: 90, fit: 'A', engagement: 1, newestAt: Date.now() };
    await people.office.context.store.tell([
      {
        contactId: hubspot,
        key: 'score/x',
        fact: JSON.stringify({
          ...{ kind: 'scored', key: 'score/x', at: Date.now(), by: 'tandem' },
          score: { ...judged, ready: { definition: '2026-1' } },
        }),
      },
    ]);
    await people.office.settle(people.filed());
    const all = await people.office.simulated.fixture.store.lifecycle.waiting('people');
    const of = (at: number) => {
      const row = all.find(({ contactId }) => contactId === people.person(at).hubspot);
      const found = row === undefined ? null : waitingOf(row);
      return found && [found.why, new Date(found.until).toISOString().slice(0, 10), found.salesforceId];
    };
    expect(of(rep)).toEqual(['recontact', '2027-03-01', people.person(rep).salesforce]);
    expect(of(marketer)).toEqual(['held', '2027-04-01', people.person(marketer).salesforce]);
    expect(of(ready)?.[0]).toBe('cooling');
    expect(of(none)).toBeNull();
    expect(all.map(({ nextAt }) => nextAt)).toEqual(all.map(({ nextAt }) => nextAt).toSorted());
  });
});

describe('a hand-off that was observed, once it acts', () => {
  it('takes them out of nurture as any other', async () => {
    const at = await people.inNurture();
    await people.asksForContact(at, people.filed({ 'hand-off': 'observe' }));
    expect(await people.shows(at)).toEqual(['sales-ready', ['Nurture: later']]);
    const { store } = people.office.context;
    await store.wakeObserved('observed');
    await people.office.settle(people.filed());
    await store.tell([
      {
        contactId: people.person(at).hubspot,
        key: 'released/1',
        fact: JSON.stringify({ kind: 'released', key: 'released/1', at: Date.now(), by: 'tandem' }),
      },
    ]);
    await people.office.settle(people.filed());
    expect((await people.orders(at, 'hand-off')).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await people.shows(at)).toEqual(['sales-ready', []]);
  });
});

describe('an order to leave that waits', () => {
  it('after a death that came after the call: leaving again changes nothing', async () => {
    const at = await people.inNurture();
    await people.tell(at, wanted);
    const { leavePrograms } = people.office.context;
    const context: LifecycleContext = {
      ...people.filed(),
      leavePrograms: async (...args) => {
        await leavePrograms(...args);
        return dies();
      },
    };
    await expect(people.round(context)).rejects.toThrow('gone');
    await people.tryAgain();
    expect(await people.shows(at)).toEqual(['sales-ready', []]);
    expect((await people.orders(at, 'programs')).map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('keeps no hand-over waiting, and says what is in the way', async () => {
    const at = await people.inNurture();
    await people.office.simulated.control('hubspot', 'faults', [
      { match: { path: '/crm/v3/lists' }, effect: { status: 403, code: 'MISSING_SCOPES' } },
    ]);
    await people.toSales(at);
    await people.office.simulated.control('hubspot', 'faults', []);
    expect((await people.orders(at, 'hand-off')).map(({ state }) => state)).toEqual(['done', 'done']);
    expect((await people.orders(at, 'programs')).at(-1)).toMatchObject({
      ...{ state: 'open', why: expect.stringContaining('MISSING_SCOPES') },
      next: expect.stringContaining('crm.lists.write'),
    });
    await people.tryAgain();
    expect(await people.on(at)).toEqual([]);
  });

  it('until they are back takes nobody out of the program of the new reason', async () => {
    const at = await people.inNurture();
    await people.tell(at, wanted);
    await expect(people.round({ ...people.filed(), leavePrograms: dies })).rejects.toThrow('gone');
    await people.office.simulated.fixture.query(
      "update tandem.effects set due = now() + interval '1 hour' where kind = 'programs' and state = 'open'",
    );
    await people.giveBack(at, 'No budget');
    expect(await people.on(at)).toEqual(['Nurture: budget', 'Nurture: later']);
    await people.tryAgain();
    expect(await people.shows(at)).toEqual(['nurture', ['Nurture: budget']]);
  });

  it('until a rep has asked for another program takes nobody out of that', async () => {
    const at = await people.inNurture();
    await people.tell(at, wanted);
    await expect(people.round({ ...people.filed(), leavePrograms: dies })).rejects.toThrow('gone');
    await people.office.simulated.fixture.query(
      "update tandem.effects set due = now() + interval '1 hour' where kind = 'programs' and state = 'open'",
    );
    await people.office.settle(people.filed());
    // Salesforce's stamps are whole seconds: what they ask for comes in a later one than what was ordered.
    await expect.poll(() => Date.now() % 1_000, { interval: 5, timeout: 2_000 }).toBeLessThan(50);
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    await people.tryAgain();
    expect(await people.shows(at)).toEqual(['sales-ready', ['Nurture: champions']]);
  });
});

describe('who is to be mended first', () => {
  it('comes off every list of a program, also one that a request alone names, and no request puts them on one', async () => {
    const at = people.somebody();
    await people.toSales(at);
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    await people.ask(at, 'Enroll in program', invitation);
    await people.put(at, byHand);
    await people.giveBack(at, 'Bad data');
    expect(await people.shows(at)).toEqual(['returned', [byHand]]);
    for (const program of ['Nurture: champions', invitation]) {
      await people.ask(at, 'Enroll in program', program);
      expect(await people.answer(at)).toMatch(/^Not done: they came back to be mended first \(Bad data\)/);
    }
    expect(await people.askInHubspot(at, 'Set stage', 'nurture')).toMatch(/^Not done: they came back/);
    expect(await people.shows(at)).toEqual(['returned', [byHand]]);
  });

  it('is mailed again once mended, where that leads', async () => {
    const at = people.somebody();
    const { reasons } = people.office.context.models.lifecycle;
    const mended = { ...reasons['Bad data'], mended: 'nurture' as const };
    const context = people.office.with({ reasons: { ...reasons, 'Bad data': mended } });
    await people.toSales(at, context);
    await people.put(at, 'Nurture: later');
    await people.giveBack(at, 'Bad data', context);
    expect(await people.shows(at)).toEqual(['returned', []]);
    await people.edit(at, { Phone: '+47 22 12 34 99' }, context);
    expect(await people.shows(at)).toEqual(['nurture', ['Nurture: general']]);
    const { hubspot } = people.person(at);
    expect(await people.office.read('hubspot', 'contacts', hubspot, 'tandem_program')).toEqual({
      tandem_program: 'Nurture: general',
    });
  });
});
