import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const secret = 'the app’s client secret';
const readyShape = z.object({ url: z.string() });
const verifyShape = z.object({ unexplained: z.number(), items: z.array(z.unknown()) });
const roles = `contactRoles:
  roles: { Decision maker: Decision Maker, Budget holder: Economic Buyer, Influencer: Influencer }
  primary: Primary contact
`;

let stage: Stage;
let person: Person;
let config: string;

type Row = Readonly<Record<string, unknown>>;

const live = async (type: string): Promise<readonly Row[]> =>
  (await stage.sandbox.records('salesforce', type)).filter(({ IsDeleted }) => IsDeleted !== true);

/** The contact roles of an opportunity: one line for each record. */
const rolesOf = async (opportunity: string): Promise<readonly Row[]> =>
  (await live('OpportunityContactRole'))
    .filter(({ OpportunityId }) => OpportunityId === opportunity)
    .map(({ ContactId, Role, IsPrimary }) => ({ ContactId, Role: Role ?? null, IsPrimary }));

const sorted = (rows: readonly Row[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Waits until the opportunity has these roles, each once, and no other. */
const untilRoles = async (opportunity: string, ...wanted: readonly Row[]): Promise<void> => {
  let seen: readonly Row[] = [];
  await until(
    'the contact roles',
    async () => {
      seen = await rolesOf(opportunity);
      return JSON.stringify(sorted(seen)) === JSON.stringify(sorted(wanted)) ? true : null;
    },
    30_000,
  ).catch((error: unknown) => {
    expect(seen).toEqual(wanted);
    throw error;
  });
};

/** Waits until the deal has these contacts with these labels, and no other. */
const untilTied = async (
  deal: string,
  wanted: Readonly<Record<string, readonly string[]>>,
): Promise<void> => {
  let seen: Readonly<Record<string, readonly string[]>> = {};
  await until(
    'the associations',
    async () => {
      seen = await person.contactsOfDeal(deal);
      const text = (ties: typeof seen): string => JSON.stringify(Object.entries(ties).sort());
      return text(seen) === text(wanted) ? true : null;
    },
    30_000,
  ).catch((error: unknown) => {
    expect(seen).toEqual(wanted);
    throw error;
  });
};

const contactNamed = async (lastname: string): Promise<string> =>
  until(
    `the contact ${lastname}`,
    async () => {
      const found = (await stage.sandbox.records('hubspot', 'contacts')).find(
        ({ properties }) =>
          (properties as Row).lastname === lastname && (properties as Row).tandem_salesforce_id,
      );
      return found ? String(found.id) : null;
    },
    30_000,
  );

const opportunityOf = async (deal: string): Promise<string> =>
  until(
    'the opportunity',
    async () => {
      const found = (await live('Opportunity')).find(({ HubSpot_Id__c: id }) => id === deal);
      return found ? String(found.Id) : null;
    },
    30_000,
  );

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  config = join(stage.folder, 'config');
  await cp(join(repositoryRoot, mirror), config, { recursive: true });
  const file = join(config, 'mappings', 'deals.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/contactRoles:\n(?: .*\n)+/, roles));
  for (const label of ['Decision maker', 'Budget holder', 'Influencer', 'Primary contact', 'Newsletter']) {
    await person.makeLabel(label);
  }
  await stage.sandbox.control('salesforce', 'streaming', {
    entities: ['Lead', 'Contact', 'Account', 'Opportunity', 'OpportunityContactRole'],
  });
  const worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret },
  });
  const { url } = readyShape.parse(await worker.event('ready'));
  await worker.event('stream-opened');
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
}, 60_000);
afterAll(async () => stage?.close());

describe('Objects: who takes part in a deal', () => {
  const ids = { deal: '', opportunity: '', ann: '', annThere: '', bob: '', bobThere: '' };

  it('in HubSpot takes part in Salesforce, with their role', async () => {
    ids.annThere = await person.create('Contact', { LastName: 'Ng', Email: 'ann@acme.example' });
    ids.bobThere = await person.create('Contact', { LastName: 'Oz', Email: 'bob@acme.example' });
    [ids.ann, ids.bob] = [await contactNamed('Ng'), await contactNamed('Oz')];
    ids.deal = await person.createHubspot('deals', {
      ...{ dealname: 'Big one', dealstage: 'qualifiedtobuy', pipeline: 'default' },
    });
    await person.tieToDeal(ids.deal, ids.ann, 'Decision maker', 'Newsletter');
    ids.opportunity = await opportunityOf(ids.deal);
    await untilRoles(ids.opportunity, { ContactId: ids.annThere, Role: 'Decision Maker', IsPrimary: false });
  });

  it('in Salesforce takes part in HubSpot, with their role and the mark', async () => {
    await person.create('OpportunityContactRole', {
      ...{ OpportunityId: ids.opportunity, ContactId: ids.bobThere, Role: 'Economic Buyer', IsPrimary: true },
    });
    await untilTied(ids.deal, {
      [ids.ann]: ['Decision maker', 'Newsletter'],
      [ids.bob]: ['Budget holder', 'Primary contact'],
    });
  });

  it('gets another role and the mark from either side, and keeps labels that are nobody’s business', async () => {
    const [own] = (await live('OpportunityContactRole')).filter(
      ({ ContactId }) => ContactId === ids.annThere,
    );
    await person.edit('OpportunityContactRole', String(own?.Id), { Role: 'Influencer' });
    await untilTied(ids.deal, {
      [ids.ann]: ['Influencer', 'Newsletter'],
      [ids.bob]: ['Budget holder', 'Primary contact'],
    });
    await person.tieToDeal(ids.deal, ids.ann, 'Primary contact');
    await untilRoles(
      ids.opportunity,
      { ContactId: ids.annThere, Role: 'Influencer', IsPrimary: true },
      { ContactId: ids.bobThere, Role: 'Economic Buyer', IsPrimary: false },
    );
    await untilTied(ids.deal, {
      [ids.ann]: ['Influencer', 'Newsletter', 'Primary contact'],
      [ids.bob]: ['Budget holder'],
    });
  });

  it('who is taken out on one side is taken out on the other', async () => {
    await person.untieFromDeal(ids.deal, ids.bob);
    await untilRoles(ids.opportunity, { ContactId: ids.annThere, Role: 'Influencer', IsPrimary: true });
    const [own] = await live('OpportunityContactRole');
    await person.destroy('OpportunityContactRole', String(own?.Id));
    await untilTied(ids.deal, {});
  });

  it('a lead waits, visibly, and takes part once it is converted', async () => {
    const carl = await person.createContact({ email: 'carl@acme.example', lastname: 'Poe', company: 'Acme' });
    const lead = await until(
      'the lead',
      async () => (await live('Lead')).find(({ HubSpot_Id__c: id }) => id === carl) ?? null,
      30_000,
    );
    await person.tieToDeal(ids.deal, carl, 'Decision maker');
    await until(
      'who is waited for',
      async () => {
        const { stdout } = await stage.tandem([
          ...['explain', `hubspot:deals/${ids.deal}`, '--json', '--config', config, '--data', stage.data],
        ]);
        return stdout.includes('"event":"waiting"') && stdout.includes(`people ${carl} of HubSpot`)
          ? true
          : null;
      },
      30_000,
    );
    expect(await rolesOf(ids.opportunity)).toEqual([]);
    const contact = await person.convertLead(String(lead.Id));
    await untilRoles(ids.opportunity, { ContactId: contact, Role: 'Decision Maker', IsPrimary: false });
    await untilTied(ids.deal, { [carl]: ['Decision maker'] });
  });

  it('a contact that is deleted in Salesforce takes nobody out of HubSpot’s deal', async () => {
    await person.tieToDeal(ids.deal, ids.bob);
    const carl = await contactNamed('Poe');
    await until(
      'two roles',
      async () => ((await rolesOf(ids.opportunity)).length === 2 ? true : null),
      30_000,
    );
    await person.destroy('Contact', ids.bobThere);
    // Its link has ended once the deal does not wait for its own look any more.
    await until(
      'the end of the link',
      async () => {
        const { stdout } = await stage.tandem([
          ...['explain', `hubspot:contacts/${ids.bob}`, '--json', '--config', config, '--data', stage.data],
        ]);
        return stdout.includes('"ended":{') ? true : null;
      },
      30_000,
    );
    await until(
      'nothing to do',
      async () => {
        const { backlog, inFlight } = await stage.status();
        return backlog === 0 && inFlight === 0 ? true : null;
      },
      30_000,
    );
    expect(await person.contactsOfDeal(ids.deal)).toEqual({ [ids.bob]: [], [carl]: ['Decision maker'] });
  });

  it('leaves no difference that nothing accounts for, and check names a label that is not there', async () => {
    const folders = ['--json', '--config', config, '--data', stage.data];
    await until(
      'nothing unexplained',
      async () => {
        const { stdout } = await stage.tandem(['verify', ...folders]);
        const { unexplained } = verifyShape.parse(JSON.parse(stdout));
        return unexplained === 0 ? true : null;
      },
      30_000,
    );
    const file = join(config, 'mappings', 'deals.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('Influencer: Influencer', 'Champion: Influencer'));
    const { code, stdout } = await stage.tandem(['check', ...folders]);
    await writeFile(file, text);
    expect(code).toBe(1);
    expect(stdout).toContain("HubSpot deals to contacts has no label 'Champion'");
  });
});
