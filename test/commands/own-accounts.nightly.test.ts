import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../e2e/harness/sandbox.ts';
import { mirror, Stage } from '../e2e/harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

/** HubSpot answers as another portal, as it does with the token of one. */
const otherPortal = {
  match: { path: '/account-info/v3/details' },
  effect: { status: 200, body: JSON.stringify({ portalId: 424_242, timeZone: 'UTC' }) },
};

describe('a store and the accounts whose records it knows', () => {
  it('takes another account while it knows no record yet: a wrong token can be corrected', async () => {
    await stage.sandbox.control('hubspot', 'faults', [otherPortal]);
    const wrong = { env: { SALESFORCE_CLIENT_SECRET: 'not-the-secret' } };
    const args = ['run', '--until-idle', '--config', mirror, '--data', stage.data, '--port', '0'];
    expect((await stage.tandem(args, wrong)).code).toBe(3);
    await stage.sandbox.faults();
    const [contact] = [{ email: 'ann@example.com', lastname: 'Ann', company: 'Example' }];
    await stage.sandbox.control('hubspot', 'records/contacts', { records: [contact] });
    expect(await stage.untilIdle()).toMatchObject({ created: { hubspot: 0 } });
  }, 120_000);

  it.each([
    ['run', ['--until-idle', '--port', '0']],
    ['verify', ['--json']],
    ['sync', ['ann@example.com']],
  ])(
    '%s refuses another portal with 2, says which is which and what to do, and writes nothing',
    async (command, more) => {
      await stage.sandbox.control('hubspot', 'faults', [otherPortal]);
      const before = await stage.sandbox.writes();
      const end = await stage.tandem([command, ...more, '--config', mirror, '--data', stage.data]);
      await stage.sandbox.faults();
      expect(end.code).toBe(2);
      expect(end.stderr).toMatch(/HubSpot answers as account 424242, .* of account 143553137/);
      expect(end.stderr).toMatch(/Next: .*HUBSPOT_ACCESS_TOKEN.*--data/);
      expect(await stage.sandbox.writes()).toEqual(before);
    },
  );

  it('another organization is refused, whose records have the same ids', async () => {
    const other = await Sandbox.start(stage.env, { hubspot: 0, salesforce: 0 }, 7);
    try {
      const { HUBSPOT_BASE_URL: _url, HUBSPOT_ACCESS_TOKEN: _token, ...env } = other.env;
      await other.control('salesforce', 'records/Lead', {
        records: [{ LastName: 'Somebody else', Company: 'Other', Email: 'bo@example.com' }],
      });
      const [theirs] = await other.records('salesforce', 'Lead');
      const [ours] = await stage.sandbox.records('salesforce', 'Lead');
      expect(theirs?.Id).toBe(ours?.Id);
      const args = ['run', '--until-idle', '--config', mirror, '--data', stage.data, '--port', '0'];
      const end = await stage.tandem(args, { env });
      expect(end.code).toBe(2);
      expect(end.stderr).toMatch(/Salesforce answers as account 00D\w{15}, .* of account 00D\w{15}/);
      expect(end.stderr).toMatch(/Next: .*SALESFORCE_LOGIN_URL.*--data/);
      expect(await other.records('salesforce', 'Lead')).toEqual([theirs]);
    } finally {
      await other.child.stop();
    }
  }, 60_000);

  it('goes on with its own, and nothing was lost', async () => {
    await stage.untilIdle();
    expect(await stage.verify()).toMatchObject({ drift: 0, unexplained: 0 });
  }, 120_000);
});
