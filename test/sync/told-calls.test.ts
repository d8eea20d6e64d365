import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentProblems } from '../../src/commands/status/problems.ts';
import { bothSides, type Sides } from '../../src/model/system.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { reportCallFailure } from '../../src/sync/problems.ts';
import { withToldCalls } from '../../src/sync/told-calls.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';

describe('the problem of a system of which one route fails', () => {
  const simulated = withSimulators();
  const { fixture } = simulated;
  let ids: Sides<string>;
  let context: EngineContext;

  const said = async () =>
    (await currentProblems(fixture.store, [pair]))
      .filter(({ key }) => key.endsWith(':calls'))
      .map(({ what, cause }) => `${what}: ${cause}`);
  const batchReads = async (...effects: readonly object[]): Promise<unknown> =>
    simulated.control(
      'hubspot',
      'faults',
      effects.map((effect) => ({ match: { path: '/batch/read$' }, effect })),
    );
  const look = async (): Promise<void> => {
    await fixture.query('update tandem.dirty set due = now()');
    await workOnce(context, 'live');
  };
  const standing = [expect.stringMatching(/^Calls to HubSpot fail: .*\(reading contacts\)$/)];

  beforeAll(async () => {
    const [one] = await simulated.people([
      { email: 'one@example.com', lastname: 'One', company: 'Acme', jobtitle: 'first' },
    ]);
    if (!one) throw new Error('one was to be linked');
    ids = one;
  });

  let edits = 0;
  beforeEach(async () => {
    await batchReads();
    await fixture.query('delete from tandem.problems');
    const connectors = simulated.connect();
    const { engine } = fixture.store;
    context = {
      ...simulated.context(connectors),
      systems: bothSides((system) => withToldCalls(connectors[system], engine)),
    };
    await simulated.editContact(ids.hubspot, { jobtitle: `edit ${++edits}` });
    await simulated.mark({ hubspot: ids.hubspot });
  });

  it('is not over by a poll that goes through, but by the route itself', async () => {
    await batchReads({ code: 'BAD_GATEWAY' });
    await look();
    expect(await said()).toEqual(standing);
    // The search index shows the edit some moments later.
    await expect.poll(async () => (await pollOnce(context, 'hubspot')).seen).toBeGreaterThan(0);
    expect(await said()).toEqual(standing);
    await batchReads();
    await look();
    expect(await said()).toEqual([]);
    expect(await simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' })).toEqual({
      hubspot: `edit ${edits}`,
      salesforce: `edit ${edits}`,
    });
  });

  it('is over by a poll once nobody has asked that route for long: what needed it is gone', async () => {
    await batchReads({ code: 'BAD_GATEWAY' });
    await look();
    await fixture.query("update tandem.problems set told_at = told_at - interval '14 minutes'");
    await pollOnce(context, 'hubspot');
    expect(await said()).toEqual(standing);
    await fixture.query("update tandem.problems set told_at = told_at - interval '2 minutes'");
    await pollOnce(context, 'hubspot');
    expect(await said()).toEqual([]);
  });

  it('is one problem where several routes fail for one cause, and over with the last of them', async () => {
    await simulated.control('hubspot', 'faults', [{ match: {}, effect: { code: 'BAD_GATEWAY' } }]);
    await look();
    await expect(pollOnce(context, 'hubspot')).rejects.toMatchObject({ route: 'polling contacts' });
    await pollOnce(context, 'hubspot').catch(async (error) => reportCallFailure(context, error));
    expect(await said()).toEqual([
      expect.stringMatching(/^Calls to HubSpot fail: .*\(reading contacts\); .*\(polling contacts\)$/),
    ]);
    await batchReads();
    await look();
    expect(await said()).toEqual([expect.stringMatching(/\(polling contacts\)$/)]);
    await pollOnce(context, 'hubspot');
    expect(await said()).toEqual([]);
  });

  it('is over by a poll where the sign-in was refused, which concerns every route', async () => {
    await batchReads({ code: 'INVALID_AUTHENTICATION' });
    await look();
    expect(await said()).toEqual([expect.not.stringMatching(/\(/)]);
    await pollOnce(context, 'hubspot');
    expect(await said()).toEqual([]);
  });
});
