import { loadPeople } from '../../test/data/load-people.ts';
import { readRecords } from '../../test/data/sandbox-records.ts';
import { hasData } from '../../test/data/sources.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';

/** Of 1,000 people of the loader some 900 begin in HubSpot and 640 in Salesforce; the simulators' own take these shares. */
const shareInHubSpot = 0.9;
const shareInSalesforce = 0.64;

/** Where the people come from. */
export interface PeopleSource {
  readonly label: string;
  /** How the sandbox is to be started: empty, or with people of its own. */
  sandbox(people: number): SandboxOptions;
  /** Enters them, where the sandbox did not begin with them. */
  enter(sandbox: Sandbox, people: number): Promise<void>;
}

const realPeople: PeopleSource = {
  label:
    'real lead records by the loader of test/data (round and round, with new identities, where more are asked for)',
  sandbox: () => ({ contacts: 0, leads: 0 }),
  enter: async (sandbox, people) => {
    for await (const _chunk of loadPeople({ ...sandbox.url, people })) {
      // The truth is not needed here; the loader is asked for the records alone.
    }
  },
};

const simulatedPeople: PeopleSource = {
  label: "the simulators' own people: the real data (../shared/data) is not there",
  sandbox: (people) => ({
    contacts: Math.round(people * shareInHubSpot),
    leads: Math.round(people * shareInSalesforce),
  }),
  enter: async () => undefined,
};

/** The real people where their data is there, else the simulators' own; `label` says which. */
export const peopleSource = (): PeopleSource => (hasData() ? realPeople : simulatedPeople);

/** A contact and a lead that Tandem tied to each other. */
export interface LinkedIds {
  readonly hubspot: string;
  readonly salesforce: string;
}

/** Reads who is linked, from the identity field of the contacts. */
export const linkedPeople = async (sandbox: Sandbox): Promise<readonly LinkedIds[]> => {
  const linked: LinkedIds[] = [];
  for await (const page of readRecords(sandbox.url.hubspot, 'contacts')) {
    for (const { id, archived, properties } of page) {
      if (archived === true || typeof id !== 'string') continue;
      const named = Object(properties).tandem_salesforce_id;
      if (typeof named === 'string' && named !== '') linked.push({ hubspot: id, salesforce: named });
    }
  }
  return linked;
};
