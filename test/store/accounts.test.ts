import { beforeEach, describe, expect, it } from 'vitest';
import { assertOwnAccounts } from '../../src/commands/own-accounts.ts';
import { contact, makeMark, pair } from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

/** Both systems answer, as these accounts. */
const answering = (hubspot: string, salesforce: string) => ({
  hubspot: { check: async () => ({ account: hubspot, accountId: hubspot }) },
  salesforce: { check: async () => ({ account: salesforce, accountId: salesforce }) },
});
const assertOwn = (hubspot: string, salesforce: string): Promise<void> =>
  assertOwnAccounts(fixture.store.operator, answering(hubspot, salesforce));

describe('a store', () => {
  it('takes other accounts as long as it knows no record: a wrong token can be corrected', async () => {
    await assertOwn('1', '00D1');
    await assertOwn('2', '00D2');
  });

  it.each([
    ['HubSpot', '2', '00D1', /HubSpot answers as account 2, .* account 1/, /HUBSPOT_ACCESS_TOKEN.*--data/],
    ['Salesforce', '1', '00D2', /Salesforce .* 00D2, .* account 00D1/, /SALESFORCE_LOGIN_URL.*--data/],
  ])('works with no other %s once it knows one', async (_system, hubspot, salesforce, message, next) => {
    await assertOwn('1', '00D1');
    await fixture.store.engine.commitSignals([makeMark(contact('1'))]);
    const unlike = expect.objectContaining({
      name: 'UsageError',
      message: expect.stringMatching(message),
      next: expect.stringMatching(next),
    });
    await expect(assertOwn(hubspot, salesforce)).rejects.toEqual(unlike);
    // It is not forgotten when the other one has asked twice.
    await expect(assertOwn(hubspot, salesforce)).rejects.toEqual(unlike);
    await assertOwn('1', '00D1');
  });

  it('knows records from the begin of the first alignment on', async () => {
    await assertOwn('1', '00D1');
    await fixture.query(
      `insert into tandem.alignments (pair, mapping_hash, hubspot_listed, salesforce_listed, hubspot_done, salesforce_done)
       values ($1, 'hash', 0, 0, false, false)`,
      [pair],
    );
    await expect(assertOwn('2', '00D1')).rejects.toThrow('account 1');
  });
});
