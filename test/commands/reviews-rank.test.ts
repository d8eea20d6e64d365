import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rankReviews } from '../../src/commands/reviews/rank.ts';
import type { CommandContext } from '../../src/commands/with-store.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { Review } from '../../src/model/state.ts';
import type { RecordRef } from '../../src/model/system.ts';
import { type Connections, loadSettings, repositoryRoot } from '../../src/settings.ts';
import { withStore } from '../store/postgres.ts';
import { Simulated } from '../sync/simulated.ts';

describe('the candidates of a question, read when somebody asks', () => {
  const fixture = withStore();
  const simulated = new Simulated(fixture);
  const mappings = loadMappings(`${repositoryRoot}config/presets/mirror`);
  let contact = '';
  let leads: readonly string[] = [];

  beforeAll(async () => {
    await simulated.start();
    const answer = (await simulated.control('hubspot', 'records/contacts', {
      records: [{ email: 'a@example.com', firstname: 'Ann', lastname: 'Ng' }],
    })) as { ids?: string[] };
    contact = answer.ids?.[0] ?? '';
    const { salesforce } = simulated.connect();
    const rows = ['Bob', 'Anne'].map((FirstName, index) => ({
      op: 'upsert' as const,
      key: String(index),
      identityField: 'HubSpot_Id__c',
      identityValue: `elsewhere-${index}`,
      fields: { FirstName, LastName: 'Ng', Company: 'Acme' },
    }));
    const outcomes = await salesforce.writeMany('Lead', rows, { class: 'live', purpose: 'write' });
    leads = outcomes.map((outcome) => (outcome.kind === 'landed' ? outcome.id : ''));
  });
  afterAll(async () => simulated.close());

  const contextWith = (connections: Connections | null): CommandContext => ({
    settings: { ...loadSettings(), connections },
    mappings,
    log: pino({ enabled: false }),
    store: fixture.store,
    connectionString: '',
  });
  const connected = (): Connections => {
    const { access } = simulated.sandbox;
    return {
      hubspot: { baseUrl: access.hubspot, accessToken: access.hubspotToken },
      salesforce: {
        loginUrl: access.salesforce,
        auth: {
          kind: 'client-credentials',
          clientId: access.salesforceClientId,
          clientSecret: access.salesforceClientSecret,
        },
      },
    };
  };
  const lead = (id: string): RecordRef => ({ system: 'salesforce', type: 'Lead', id });
  const reviewOf = (overrides: Partial<Review> = {}): Review => {
    const ref: RecordRef = { system: 'hubspot', type: 'contacts', id: contact };
    const candidates = leads.map(lead);
    return { pair: 'people', unit: 'test', ref, cause: 'test', candidates, since: 0, ...overrides };
  };

  it('the most alike first; what no system shows is named and not ranked', async () => {
    const gone = lead('00Q000000000009AAA');
    const [ranking] = await rankReviews(contextWith(connected()), [
      reviewOf({ candidates: [...leads.map(lead), gone] }),
    ]);
    expect(ranking?.candidates.map(({ ref, place }) => [place, ref.id])).toEqual([
      [1, leads[1]],
      [2, leads[0]],
    ]);
    expect(ranking).toMatchObject({ unread: [gone], why: null });
  });

  it.each<[string, () => CommandContext, () => Review, RegExp]>([
    ['no credentials', () => contextWith(null), () => reviewOf(), /No credentials/],
    [
      'no such mapping',
      () => contextWith(connected()),
      () => reviewOf({ pair: 'gone' }),
      /No mapping is called gone/,
    ],
    [
      'the record itself is not shown',
      () => contextWith(connected()),
      () => reviewOf({ ref: { system: 'hubspot', type: 'contacts', id: '1' } }),
      /HubSpot does not show the record/,
    ],
  ])('as they stand, unranked, with the reason: %s', async (_name, context, review, why) => {
    const [ranking] = await rankReviews(context(), [review()]);
    expect(ranking).toMatchObject({ candidates: [], unread: review().candidates });
    expect(ranking?.why).toMatch(why);
  });

  it('as they stand where a system refuses the credentials', async () => {
    const { hubspot, salesforce } = connected();
    const wrong = { hubspot: { ...hubspot, accessToken: 'nobody' }, salesforce };
    const [ranking] = await rankReviews(contextWith(wrong), [reviewOf()]);
    expect(ranking).toMatchObject({
      candidates: [],
      why: expect.stringMatching(/^HubSpot cannot be asked: /),
    });
  });
});
