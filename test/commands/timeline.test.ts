import { describe, expect, it } from 'vitest';
import { accountOf, accountWords } from '../../src/commands/explain/timeline.ts';
import type { Store } from '../../src/store/open-store.ts';

const at = Date.parse('2026-11-30T09:00:00.000Z');
const person = (contactId: string, firstname: string, stage: string, owner: string | null) => ({
  ...{ companyId: '77', count: 3, contactId, stage, owner, sales: null },
  contact: JSON.stringify({ firstname, lastname: 'Lind' }),
});
const move = { from: 'engaged', to: 'sales-ready', cause: 'asked', reason: null, observed: false };
const nothing = { from: null, to: null, cause: null, reason: null, observed: false };
const form = JSON.stringify({ type: 'formSubmission', key: 'f', form: 'Request\na demo' });

const storeOf = (people: readonly ReturnType<typeof person>[]): Pick<Store, 'lifecycle'> =>
  ({
    lifecycle: {
      colleagues: async () => people,
      staff: async () => JSON.stringify([{ id: '005A', kind: 'user', name: 'Ben Okafor' }]),
      timelineOf: async () => [
        { contactId: '1', at, activity: null, ...move },
        { contactId: '2', at: at - 1_000, activity: form, ...nothing },
      ],
    },
  }) as unknown as Pick<Store, 'lifecycle'>;

describe('the timeline of an account', () => {
  it('G5.5: names its people with stage and rep, and tells what all of them did, newest first', async () => {
    const account = await accountOf(
      storeOf([person('1', 'Vera', 'sales-ready', '005A'), person('2', 'Jonas', 'engaged', null)]),
      ['77'],
    );
    if (account === null) throw new Error('there is no account');
    expect(accountWords(account)).toEqual([
      'People of this account: 3',
      '  Vera Lind: sales-ready, with Ben Okafor',
      '  Jonas Lind: engaged',
      '  and 1 more',
      'Timeline, newest first:',
      '2026-11-30T09:00:00.000Z  move     Vera Lind: engaged → sales-ready (asked)',
      "2026-11-30T08:59:59.000Z  activity Jonas Lind: Form 'Request a demo'",
    ]);
  });

  it('is none where nobody of it has a journey, or it is no company', async () => {
    expect(await accountOf(storeOf([]), ['77'])).toBeNull();
    expect(await accountOf(storeOf([]), [])).toBeNull();
  });
});
