import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type Deal, dealFacts, dealValues, toDeal } from '../../src/lifecycle/deals/deals.ts';
import { advance } from '../../src/lifecycle/stage/advance.ts';
import { hasBought } from '../../src/lifecycle/stage/bought.ts';
import { type Fact, noRecord } from '../../src/lifecycle/stage/facts.ts';
import { brokenInvariants } from '../../src/lifecycle/stage/invariants.ts';
import { type Journey, newJourney, type Transition } from '../../src/lifecycle/stage/journey.ts';
import { makeDefinition } from './shipped-files.ts';

const dataUrl = new URL('../../../shared/data/', import.meta.url);
const isHere = ['maven_crm/sales_pipeline.csv', 'olist_funnel/closed_deals.csv'].every((file) =>
  existsSync(new URL(file, dataUrl)),
);
const csv = (path: string): Record<string, string>[] =>
  parse(readFileSync(new URL(path, dataUrl), 'utf8'), { columns: true, bom: true });

/** These companies gave nobody back by days: what their files tell is all that happens. */
const definition = makeDefinition({
  behaviours: { return: 'observe' },
  pull: { ...makeDefinition().pull, noTouchDays: 3_000, stalledDays: 3_000, nudge: null },
});

/** Somebody's journey as it is told more and more. */
class Told {
  journey: Journey;
  readonly transitions: Transition[] = [];

  constructor(journey: Journey) {
    this.journey = journey;
  }

  tell(events: readonly Fact[], now: number): void {
    const before = this.journey;
    const facts = { events, record: noRecord };
    const result = advance(before, facts, definition, now);
    expect(brokenInvariants({ before, facts, definition, now, result })).toEqual([]);
    this.journey = result.journey;
    this.transitions.push(...result.transitions);
  }

  /** When they entered a stage first; undefined: never. */
  entered(stage: Journey['stage']): number | undefined {
    return this.transitions.find(({ to }) => to === stage)?.at;
  }
}

const sumBy = <T>(
  rows: readonly T[],
  groupOf: (row: T) => string,
  worthOf: (row: T) => number,
): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const row of rows) sums[groupOf(row)] = (sums[groupOf(row)] ?? 0) + worthOf(row);
  return sums;
};

describe.skipIf(!isHere)(
  'real funnels (skipped: the folder shared/data is not beside the repository)',
  () => {
    describe('two years of a sales pipeline, deal by deal', () => {
      const rows = isHere ? csv('maven_crm/sales_pipeline.csv') : [];
      const day = (text: string | undefined): number | null =>
        text === undefined || text === '' ? null : Date.parse(`${text} UTC`);
      const read = rows.map((row) => {
        const closedAt = day(row.close_date);
        // A prospect has no date of its own; it is there at the end.
        const openedAt = day(row.engage_date) ?? Date.UTC(2017, 11, 31);
        const { opportunity_id: id = '', deal_stage: stage = '' } = row;
        const isClosed = stage === 'Won' || stage === 'Lost';
        const asOf = (at: number): Deal => {
          const closed = isClosed && closedAt !== null && at >= closedAt;
          const amount = closed ? Number(row.close_value) : null;
          const fields = {
            StageName: closed ? stage : 'Engaging',
            IsClosed: closed,
            IsWon: closed && stage === 'Won',
            Amount: amount,
          };
          return toDeal(id, fields, {
            stamp: closed ? closedAt : openedAt,
            createdAt: openedAt,
            deleted: false,
          });
        };
        return { id, row, stage, openedAt, closedAt, asOf, value: Number(row.close_value) };
      });
      const accepted = (id: string, at: number): Journey => ({
        ...newJourney(id, at),
        stage: 'accepted',
        turn: 1,
        turnAt: at,
      });

      const played = read.map((deal) => {
        const told = new Told(accepted(deal.id, deal.openedAt));
        const times = [deal.openedAt, ...(deal.closedAt === null ? [] : [deal.closedAt])];
        for (const at of times) told.tell(dealFacts(told.journey, [deal.asOf(at)]), at);
        const last = deal.asOf(times.at(-1) ?? 0);
        return { ...deal, told, revenue: Number(dealValues([last]).tandem_revenue ?? 0) };
      });

      it('ends each deal where the file ends it', () => {
        const ends = {
          Won: 'customer',
          // Nobody carries out what is observed, so that a return is complete at once.
          Lost: 'nurture',
          Engaging: 'opportunity',
          Prospecting: 'opportunity',
        };
        const count = (of: (deal: (typeof played)[number]) => string) => sumBy(played, of, () => 1);
        expect(played.length).toBeGreaterThan(4_000);
        expect(count(({ told }) => told.journey.stage)).toEqual(count(({ stage }) => ends[stage as 'Won']));
        expect(played.filter(({ told, stage }) => told.journey.stage !== ends[stage as 'Won'])).toEqual([]);
      });

      it('earns for each product and agent what the file says', () => {
        const won = read.filter(({ stage }) => stage === 'Won');
        for (const column of ['product', 'sales_agent'] as const) {
          const sums = sumBy(
            won,
            ({ row }) => row[column] ?? '',
            ({ value }) => value,
          );
          const ours = played.filter(({ told }) => told.journey.stage === 'customer');
          expect(
            sumBy(
              ours,
              ({ row }) => row[column] ?? '',
              ({ revenue }) => revenue,
            ),
          ).toEqual(sums);
          expect(Object.keys(sums).length).toBeGreaterThan(5);
        }
      });

      it('has each in the stage for as long as the file says', () => {
        const stays = played.flatMap(({ told, closedAt }) => {
          const [from, to] = [
            told.entered('opportunity'),
            told.entered('customer') ?? told.entered('returned'),
          ];
          return closedAt === null || from === undefined || to === undefined ? [] : [to - from];
        });
        const closed = read.flatMap(({ openedAt, closedAt }) =>
          closedAt === null ? [] : [closedAt - openedAt],
        );
        expect(stays).toEqual(closed);
      });

      it('has each company as one buyer, told all its deals each time: what it spent, and whether it came back for more', () => {
        const companies = Map.groupBy(
          read.filter(({ row }) => row.account !== ''),
          ({ row }) => row.account ?? '',
        );
        const ours = [...companies].map(([name, deals]) => {
          const times = [
            ...new Set(deals.flatMap(({ openedAt, closedAt }) => [openedAt, closedAt ?? openedAt])),
          ].sort((a, b) => a - b);
          const told = new Told(accepted(name, times[0] ?? 0));
          for (const at of times) {
            const there = deals.filter(({ openedAt }) => openedAt <= at).map(({ asOf }) => asOf(at));
            told.tell(dealFacts(told.journey, there), at);
          }
          const revenue = dealValues(deals.map(({ asOf }) => asOf(times.at(-1) ?? 0))).tandem_revenue;
          return [name, told.journey.stage, revenue, [...told.journey.openOpportunities].sort()] as const;
        });
        const theirs = [...companies].map(([name, deals]) => {
          const won = deals.filter(({ stage }) => stage === 'Won');
          const days = new Set(won.map(({ closedAt }) => closedAt));
          const open = deals.filter(({ closedAt }) => closedAt === null).map(({ id }) => id);
          return [
            name,
            days.size > 1 ? 'growing' : 'customer',
            won.reduce((sum, { value }) => sum + value, 0),
            open.sort(),
          ] as const;
        });
        expect(theirs.length).toBeGreaterThan(50);
        expect(ours).toEqual(theirs);
      });
    });

    it('a funnel from first contact to won: who converted, from where, and in what time', () => {
      const leads = csv('olist_funnel/marketing_qualified_leads.csv').map(
        ({ mql_id: id = '', first_contact_date = '', origin = '' }) => {
          const [dayOf, month, year] = first_contact_date.split('-').map(Number);
          return { id, origin, at: Date.UTC(year ?? 0, (month ?? 0) - 1, dayOf) };
        },
      );
      const wonAt = new Map(
        csv('olist_funnel/closed_deals.csv').map(({ mql_id = '', won_date }) => [
          mql_id,
          Date.parse(`${won_date}Z`),
        ]),
      );
      const end = Math.max(...leads.map(({ at }) => at), ...wonAt.values());
      const played = leads.map((lead) => {
        const told = new Told(newJourney(lead.id, lead.at));
        told.tell([{ kind: 'asked', key: 'asked', at: lead.at, by: 'form' }], lead.at);
        const stamp = wonAt.get(lead.id);
        if (stamp !== undefined) {
          const deal = toDeal(
            lead.id,
            { IsWon: true, IsClosed: true },
            { stamp, createdAt: stamp, deleted: false },
          );
          told.tell(dealFacts(told.journey, [deal]), Math.max(stamp, lead.at));
        }
        told.tell([], end);
        return {
          ...lead,
          told,
          stay: (told.entered('customer') ?? Number.NaN) - (told.entered('sales-ready') ?? Number.NaN),
        };
      });
      expect(leads.length).toBeGreaterThan(4_000);
      const customers = played.filter(({ told }) => told.journey.stage === 'customer');
      // One was won two days before its first contact: a customer of before, who stays with the rep whom they asked.
      const already = leads.filter(({ id, at }) => (wonAt.get(id) ?? at) < at);
      expect(already.length).toBe(1);
      const ready = played.filter(({ told }) => told.journey.stage === 'sales-ready');
      expect(ready.length).toBe(leads.length - wonAt.size + already.length);
      expect(ready.filter(({ told }) => hasBought(told.journey)).map(({ id }) => id)).toEqual(
        already.map(({ id }) => id),
      );
      const theirs = leads.flatMap((lead) => {
        const at = wonAt.get(lead.id);
        return at === undefined || at < lead.at ? [] : [{ ...lead, stay: at - lead.at }];
      });
      const origin = (lead: { readonly origin: string }) => lead.origin;
      expect(sumBy(customers, origin, () => 1)).toEqual(sumBy(theirs, origin, () => 1));
      expect(customers.map(({ stay }) => stay)).toEqual(theirs.map(({ stay }) => stay));
    });
  },
);
