import { join } from 'node:path';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { Child } from './child.ts';
import { testCatalogue } from './content.ts';
import { actingConfig, addRep, changeConfig } from './lifecycle.ts';
import type { Person } from './person.ts';
import { Stage } from './stage.ts';
import { until } from './until.ts';

const withinMs = 40_000;

export type Fields = Readonly<Record<string, unknown>>;

/** Somebody whom marketing knows. */
export interface Known {
  readonly email: string;
  readonly contact: string;
}

/**
 * A company with the whole worker, the shipped configuration acting, one rep (Ben), one SDR for people of New Zealand (Sam) and a catalogue of content for
 * the pages of one site; and what its people do and see, through the real clients.
 */
export class Company {
  readonly stage: Stage;
  readonly person: Person;
  readonly worker: Child;
  readonly config: string;
  readonly ben: string;
  readonly sam: string;

  private constructor(parts: Pick<Company, 'stage' | 'person' | 'worker' | 'config' | 'ben' | 'sam'>) {
    this.stage = parts.stage;
    this.person = parts.person;
    this.worker = parts.worker;
    this.config = parts.config;
    this.ben = parts.ben;
    this.sam = parts.sam;
  }

  /** Whoever opens it closes its stage. */
  static async open(site: string): Promise<Company> {
    const stage = await Stage.open();
    try {
      return await Company.begin(stage, site);
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  private static async begin(stage: Stage, site: string): Promise<Company> {
    const person = await stage.person();
    const ben = await addRep(stage, 'ben', 'Ben', 'Okafor');
    const sam = await addRep(stage, 'sam', 'Sam', 'Reyes');
    const config = await actingConfig(join(stage.folder, 'config'), [ben]);
    // An SDR's look comes first, for those of one country alone.
    await changeConfig(config, 'lifecycle.yaml', (text) => text.replace('# sdr: {', 'sdr: {'));
    await changeConfig(config, 'routing.yaml', (text) =>
      text
        .replace('pools: {', `pools: { sdrs: { hours: any, members: [{ owner: ${sam} }] },`)
        .replace('\nfallback:', "\nsdr: { pool: sdrs, when: contact.country == 'New Zealand' }\nfallback:"),
    );
    await changeConfig(config, 'content.yaml', () => testCatalogue(site));
    const worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
    await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 100_000);
    return new Company({ stage, person, worker, config, ben, sam });
  }

  /** Records of Salesforce that are there. */
  readonly sales = async (type: string): Promise<readonly Fields[]> =>
    (await this.stage.sandbox.records('salesforce', type)).filter(({ IsDeleted }) => IsDeleted === false);

  readonly leadOf = async ({ email }: Known): Promise<Fields> => {
    const lead = (await this.sales('Lead')).find((each) => each.Email === email);
    if (lead === undefined) throw new Error(`there is no lead of ${email}`);
    return lead;
  };

  readonly tasksOf = async (who: unknown): Promise<readonly Fields[]> =>
    (await this.sales('Task')).filter(({ WhoId }) => WhoId === who);

  /** Waits until the lead says this, and answers it. */
  readonly leadSays = async (known: Known, values: Fields): Promise<Fields> =>
    until(
      `the lead of ${known.email} to say ${JSON.stringify(values)}`,
      async () => {
        const lead = await this.leadOf(known);
        expect(lead).toMatchObject(values);
        return lead;
      },
      withinMs,
    );

  readonly contactSays = async ({ contact }: Known, values: Fields): Promise<void> =>
    until(
      `HubSpot to say ${JSON.stringify(values)}`,
      async () => {
        expect(await this.person.readContact(contact, ...Object.keys(values))).toMatchObject(values);
      },
      withinMs,
    );

  readonly listsSay = async ({ contact }: Known, names: readonly string[]): Promise<void> =>
    until(
      `the lists of the contact to be ${names.join(', ')}`,
      async () => expect(await this.person.listsOf(contact)).toEqual(names),
      withinMs,
    );

  /** Waits until a record of Salesforce says this. */
  readonly recordSays = async (type: string, id: string, values: Fields): Promise<void> =>
    until(
      `the ${type} to say ${JSON.stringify(values)}`,
      async () => {
        const found = (await this.sales(type)).find(({ Id }) => Id === id);
        expect(found).toMatchObject(values);
      },
      withinMs,
    );

  /** Somebody whom marketing has known for a while. */
  readonly meet = async (firstname: string, more: Record<string, string> = {}): Promise<Known> => {
    const email = `${firstname.toLowerCase()}@nordlys.example`;
    const contact = await this.person.createContact({
      ...{ email, firstname, lastname: 'Lind', company: 'Nordlys', jobtitle: 'Head of IT' },
      ...more,
    });
    await this.worker.line(
      'looked at',
      (line) => line.event === 'moved' && line.contact === contact,
      withinMs,
    );
    return { email, contact };
  };

  readonly does = async ({ email }: Known, ...entries: readonly Fields[]) =>
    this.stage.sandbox.control(
      'hubspot',
      'activity',
      entries.map((entry) => ({ email, ...entry })),
    );

  /** They ask for a demo, and have a rep a moment later. */
  readonly handOver = async (firstname: string, more: Record<string, string> = {}): Promise<Known> => {
    const known = await this.meet(firstname, more);
    await this.does(known, { type: 'formSubmission', form: 'Request a demo' });
    await this.leadSays(known, { OwnerId: this.ben, Tandem_Stage__c: 'sales-ready' });
    await this.contactSays(known, { tandem_stage: 'sales-ready' });
    return known;
  };

  readonly edit = async (lead: Fields, values: Record<string, string | null>): Promise<void> =>
    this.person.editLeads([{ id: String(lead.Id), values }]);

  /** A command over the worker's store; answers what it printed as JSON. */
  readonly ask = async <T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> => {
    const folders = ['--config', this.config, '--data', this.stage.data];
    const { code, stdout, stderr } = await this.stage.tandem([...args, '--json', ...folders]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    return shape.parse(JSON.parse(stdout));
  };
}
