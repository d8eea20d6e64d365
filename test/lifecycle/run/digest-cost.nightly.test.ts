import { describe, expect, it } from 'vitest';
import { readDetails } from '../../../src/lifecycle/run/details-pass.ts';
import type { System } from '../../../src/model/system.ts';
import { withNurtured } from './nurtured.ts';

const nurtured = withNurtured(5);
const { office } = nurtured;
const site = 'https://www.nordlys.example';

/**
 * What a round with news of somebody who is with sales costs, as docs/developers/lifecycle.md states it: person and lead by id before the look and before the
 * write, the company, what the score shows, and the lead. Up to a hundred people share it.
 */
const stated = { hubspot: 4, salesforce: 3, writes: 1 };
const rounds = 60;

const emailOf = (at: number): string => `p${at}@nordlys.example`;
const views = async (at: number, ...pages: readonly string[]): Promise<void> => {
  await office.simulated.control(
    'hubspot',
    'activity',
    pages.map((page) => ({ email: emailOf(at), type: 'pageView', url: `${site}/${page}`, title: page })),
  );
};
/** What the worker does of it: a look, the details, and what follows. */
const round = async (...all: readonly number[]): Promise<void> => {
  await office.mark(
    'hubspot',
    'contacts',
    all.map((at) => nurtured.person(at).hubspot),
  );
  await office.settle();
  while ((await readDetails(office.context)) > 0) await office.settle();
};
const sum = (calls: ReadonlyMap<string, number>, isMeant: (route: string) => boolean): number =>
  [...calls].reduce((total, [route, count]) => total + (isMeant(route) ? count : 0), 0);
const writesLead = (route: string): boolean => route.startsWith('PATCH');
const spent = async (system: System, isMeant: (route: string) => boolean = () => true): Promise<number> =>
  sum(await office.calls(system), isMeant);
interface Cost {
  readonly hubspot: number;
  readonly salesforce: number;
  readonly writes: number;
}
const costOf = async (work: () => Promise<void>): Promise<Cost> => {
  const before = [await spent('hubspot'), await spent('salesforce'), await spent('salesforce', writesLead)];
  await work();
  return {
    hubspot: (await spent('hubspot')) - (before[0] ?? 0),
    salesforce: (await spent('salesforce')) - (before[1] ?? 0),
    writes: (await spent('salesforce', writesLead)) - (before[2] ?? 0),
  };
};
const digest = async (at: number): Promise<string> =>
  String(
    (await office.read('salesforce', 'Lead', nurtured.person(at).salesforce, 'Tandem_Digest__c'))
      .Tandem_Digest__c,
  );

const toSales = async (at: number): Promise<void> => {
  await nurtured.toSales(at);
  await round(at);
};

describe('keeping the digest current after the hand-off', () => {
  it('costs so many calls at most for each round with news: sixty pages, looked at one by one', async () => {
    await toSales(0);
    for (let nth = 0; nth < rounds; nth += 1) {
      const cost = await costOf(async () => {
        await views(0, `page-${nth}`);
        await round(0);
      });
      expect(cost.hubspot).toBeLessThanOrEqual(stated.hubspot);
      expect(cost.salesforce).toBeLessThanOrEqual(stated.salesforce);
      expect(cost.writes).toBe(stated.writes);
    }
    expect(await digest(0)).toContain(`Page ${rounds - 1} page`);
  }, 200_000);

  it('costs no more for sixty pages in one round, and nothing is written without news', async () => {
    await toSales(1);
    const cost = await costOf(async () => {
      await views(1, ...Array.from({ length: rounds }, (_, nth) => `many-${nth}`));
      await round(1);
    });
    expect(cost).toEqual(stated);
    expect(await digest(1)).toContain(`Many ${rounds - 1} page`);
    expect(await costOf(() => round(1))).toEqual({ hubspot: 1, salesforce: 1, writes: 0 });
  }, 100_000);

  it('costs no more for several people in one round', async () => {
    const all = [2, 3, 4];
    for (const at of all) await toSales(at);
    const cost = await costOf(async () => {
      for (const at of all) await views(at, `of-${at}`);
      await round(...all);
    });
    expect(cost).toEqual(stated);
    for (const at of all) expect(await digest(at)).toContain(`Of ${at} page`);
  }, 100_000);
});
