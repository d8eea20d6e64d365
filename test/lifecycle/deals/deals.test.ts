import { describe, expect, it } from 'vitest';
import {
  type Deal,
  dealFacts,
  dealValues,
  lossReasonOf,
  toDeal,
} from '../../../src/lifecycle/deals/deals.ts';
import { isCounted } from '../../../src/lifecycle/deals/outcome-rule.ts';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import { noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { type Journey, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { makeDefinition } from '../shipped-files.ts';

const at = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const definition = makeDefinition();

const makeDeal = (overrides: Partial<Deal> = {}): Deal => ({
  id: '006a',
  stage: 'Prospecting',
  state: 'open',
  amount: null,
  currency: null,
  lossReason: null,
  competitor: null,
  createdAt: at,
  closesOn: null,
  stamp: at,
  ...overrides,
});
const accepted: Journey = {
  ...newJourney('j', at - minute),
  stage: 'accepted',
  turn: 1,
  turnAt: at - minute,
};

/** The journey after it was told what these deals say, and the facts that it was told. */
const told = (journey: Journey, now: number, ...deals: readonly Deal[]) => {
  const facts = dealFacts(journey, deals);
  const moved = advance(journey, { events: facts, record: noRecord }, definition, now);
  return { journey: moved.journey, kinds: facts.map(({ kind }) => kind), moved };
};

describe('what deals say of a journey', () => {
  it('an open one is an opportunity, told once', () => {
    const { journey, kinds } = told(accepted, at, makeDeal());
    expect([journey.stage, kinds]).toEqual(['opportunity', ['opened']]);
    const moved = makeDeal({ stage: 'Proposal', stamp: at + minute });
    expect(told(journey, at + minute, moved).kinds).toEqual([]);
  });

  it('a won one makes a customer, whether it was seen open or not', () => {
    const won = makeDeal({ state: 'won', stamp: at + minute });
    expect(told(accepted, at + minute, won).journey.stage).toBe('customer');
    const open = told(accepted, at, makeDeal()).journey;
    const after = told(open, at + minute, won);
    expect([after.journey.stage, after.kinds]).toEqual(['customer', ['won']]);
    expect(told(after.journey, at + 2 * minute, { ...won, stamp: at + 2 * minute }).kinds).toEqual([]);
  });

  it('a further one makes a customer grow, and one of before, that somebody edits, does not', () => {
    const won = makeDeal({ state: 'won', stamp: at + minute });
    const bought = told(accepted, at + minute, won).journey;
    const more = makeDeal({ id: '006b', state: 'won', createdAt: at + 2 * minute, stamp: at + 3 * minute });
    const grown = told(bought, at + 3 * minute, won, more);
    expect([grown.journey.stage, grown.kinds]).toEqual(['growing', ['won', 'grew']]);
    expect(told(grown.journey, at + 4 * minute, won, { ...more, stamp: at + 4 * minute }).kinds).toEqual([]);
    const old = makeDeal({ id: '006c', state: 'won', createdAt: at - 9 * minute, stamp: at + 3 * minute });
    expect(told(bought, at + 3 * minute, won, old).journey.stage).toBe('customer');
    const open = told(bought, at + 2 * minute, makeDeal({ id: '006c', createdAt: at - 9 * minute })).journey;
    expect(told({ ...open, stage: 'at-risk' }, at + 3 * minute, old).journey.stage).toBe('growing');
  });

  it('one that is made as a lost one is not left open', () => {
    const { journey } = told(accepted, at, makeDeal({ state: 'lost', lossReason: 'Price' }));
    expect(journey).toMatchObject({ stage: 'returned', reason: 'No budget', openOpportunities: [] });
  });

  it('one of very many, whose end is forgotten, is not told open again', () => {
    const lost = Array.from({ length: 120 }, (_, index) =>
      makeDeal({ id: `006/${index}`, state: 'lost', createdAt: at, stamp: at + index * minute }),
    );
    const later = at + 121 * minute;
    const { journey } = told(accepted, later, ...lost);
    expect(journey.closedOpportunities.length).toBeLessThan(lost.length);
    const again = told(journey, later, ...lost);
    expect([again.kinds, again.journey.openOpportunities]).toEqual([[], []]);
  });

  it('a lost one goes back by its reason, once no other deal is open', () => {
    const other = makeDeal({ id: '006b' });
    const open = told(accepted, at, makeDeal(), other).journey;
    const lost = makeDeal({ state: 'lost', lossReason: 'Price', stamp: at + minute });
    const kept = told(open, at + minute, lost, other).journey;
    expect(kept.stage).toBe('opportunity');
    const last = makeDeal({ id: '006b', state: 'lost', lossReason: 'Competitor', stamp: at + 2 * minute });
    const back = told(kept, at + 2 * minute, lost, last);
    expect(back.journey).toMatchObject({ stage: 'returned', reason: 'Chose a competitor' });
  });

  it('is closed by whoever changed it last, and opened by nobody who is known', () => {
    const by = (deal: Deal, journey: Journey) =>
      dealFacts(journey, [deal]).map((fact) => [fact.kind, fact.by]);
    expect(by(makeDeal({ by: '005ana' }), accepted)).toEqual([['opened', 'salesforce']]);
    const open = told(accepted, at, makeDeal()).journey;
    const ended = { stamp: at + minute, by: '005ana' };
    expect(by(makeDeal({ ...ended, state: 'won' }), open)).toEqual([['won', '005ana']]);
    expect(by(makeDeal({ ...ended, state: 'lost', lossReason: 'Price' }), open)).toEqual([
      ['deal-lost', '005ana'],
    ]);
  });

  it('a loss without a reason is asked about, and the reason that comes later sends them on', () => {
    const open = told(accepted, at, makeDeal()).journey;
    const lost = makeDeal({ state: 'lost', stamp: at + minute });
    const back = told(open, at + minute, lost);
    expect(back.journey).toMatchObject({ stage: 'returned', reason: 'Unknown' });
    expect(back.moved.transitions.at(-1)?.effects).toEqual(['return', 'ask-reason']);
    const said = { ...lost, lossReason: 'Timing', stamp: at + 2 * minute };
    const mended = told(back.journey, at + 2 * minute, said);
    expect(mended.journey).toMatchObject({ reason: 'Not now', program: 'Nurture: later', turn: 1 });
    expect(told(mended.journey, at + 3 * minute, { ...said, stamp: at + 3 * minute }).kinds).toEqual([]);
  });

  it('opened and lost between two looks goes back; lost before this turn is history', () => {
    const lost = makeDeal({ state: 'lost', lossReason: 'Product', createdAt: at, stamp: at + minute });
    expect(told(accepted, at + minute, lost).journey).toMatchObject({ stage: 'returned', reason: 'No need' });
    const old = { ...lost, createdAt: at - 1_000 * minute };
    expect(told(accepted, at + minute, old).kinds).toEqual([]);
  });

  it('one that was lost can be opened again', () => {
    const open = told(accepted, at, makeDeal()).journey;
    const back = told(
      open,
      at + minute,
      makeDeal({ state: 'lost', lossReason: 'Price', stamp: at + minute }),
    );
    const again = told(back.journey, at + 2 * minute, makeDeal({ stamp: at + 2 * minute }));
    expect(again.journey).toMatchObject({ stage: 'opportunity', openOpportunities: ['006a'] });
  });

  it('is told again in any order without another move', () => {
    const deals = [makeDeal(), makeDeal({ id: '006b', state: 'won', stamp: at + minute })];
    const one = told(accepted, at + minute, ...deals).journey;
    const other = told(accepted, at + minute, ...deals.toReversed()).journey;
    expect([one.stage, one.openOpportunities]).toEqual([other.stage, other.openOpportunities]);
    expect(told(one, at + 2 * minute, ...deals).kinds).toEqual([]);
  });
});

describe('what HubSpot shows of deals', () => {
  it('the open one that moved last, all that was won, and why the last one was lost', () => {
    expect(
      dealValues([
        makeDeal({ id: '1', stage: 'Proposal', amount: 700, stamp: at + 1 }),
        makeDeal({ id: '2', stage: 'Prospecting', amount: 0.5, stamp: at }),
        makeDeal({ id: '7', stage: 'Prospecting', stamp: at }),
        makeDeal({ id: '3', stage: 'Closed Won', state: 'won', amount: 0.1, stamp: at + 9 }),
        makeDeal({ id: '4', stage: 'Closed Won', state: 'won', amount: 0.2 }),
        makeDeal({ id: '5', state: 'lost', lossReason: 'Price', competitor: 'Rival', stamp: at - 1 }),
        makeDeal({ id: '6', state: 'lost', lossReason: 'Timing', stamp: at - 2 }),
      ]),
    ).toEqual({
      tandem_sales_stage: 'Proposal',
      tandem_amount: 700.5,
      tandem_revenue: 0.3,
      tandem_loss_reason: 'Price',
    });
  });

  it('no sum over several currencies, nor in another one than that of its figures', () => {
    const open = (id: string, currency: string | null): Deal => makeDeal({ id, amount: 5, currency });
    const won = (id: string, currency: string): Deal => makeDeal({ id, state: 'won', amount: 7, currency });
    const sums = (deals: readonly Deal[], currency: string | null = null) => {
      const { tandem_amount: amount, tandem_revenue: revenue } = dealValues(deals, { currency });
      return [amount, revenue];
    };
    const euros = [open('1', 'EUR'), open('2', 'EUR'), won('3', 'EUR')];
    expect(sums(euros)).toEqual([10, 7]);
    expect(sums([...euros, open('4', 'USD')])).toEqual([null, 7]);
    expect(sums([...euros, won('4', 'USD')])).toEqual([10, null]);
    expect(sums(euros, 'EUR')).toEqual([10, 7]);
    expect(sums(euros, 'USD')).toEqual([null, null]);
    // One without an amount says nothing of a currency, and an org with one currency has no codes.
    expect(sums([...euros, makeDeal({ id: '5', currency: 'USD' })])).toEqual([10, 7]);
    expect(sums([open('1', null), open('2', null)], 'EUR')).toEqual([10, null]);
  });

  it('nothing of who has none', () => {
    expect(Object.values(dealValues([]))).toEqual([null, null, null, null]);
    expect(dealValues([makeDeal()]).tandem_amount).toBeNull();
  });

  it.each([
    ['any', undefined, true],
    ['any', { labels: [], primary: false }, true],
    [['primary'], { labels: ['Evaluator'], primary: true }, true],
    [['primary'], { labels: ['Evaluator'], primary: false }, false],
    [['Economic Buyer', 'decision maker'], { labels: ['Evaluator', 'Decision Maker'], primary: false }, true],
    [['Decision Maker'], { labels: [], primary: true }, false],
    [['primary', 'Decision Maker'], undefined, false],
  ] as const)('with roles %j, of a part %j: %s', (roles, part, counts) => {
    expect(isCounted({ roles }, part)).toBe(counts);
  });
});

describe('an opportunity as it is read', () => {
  const when = { stamp: at, createdAt: at, deleted: false };
  it.each([
    [{ IsClosed: false, IsWon: false }, false, 'open'],
    [{ IsClosed: true, IsWon: true }, false, 'won'],
    [{ IsClosed: true, IsWon: false }, false, 'lost'],
    [{ IsClosed: false, IsWon: false }, true, 'lost'],
    [{ IsClosed: true, IsWon: true }, true, 'lost'],
  ])('%j (deleted: %s) is %s', (fields, deleted, state) => {
    expect(toDeal('006a', fields, { ...when, deleted }).state).toBe(state);
  });

  it.each([
    [{ lossReason: 'No decision' }, 'Unresponsive'],
    [{ lossReason: 'No need' }, 'No need'],
    [{ lossReason: 'Their cat' }, 'Other'],
    [{ competitor: 'Rival' }, 'Chose a competitor'],
    [{}, null],
  ])('%j was lost for %s', (fields, reason) => {
    expect(lossReasonOf(makeDeal(fields))).toBe(reason);
  });
});
