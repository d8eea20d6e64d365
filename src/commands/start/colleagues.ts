import { Client } from '@hubspot/api-client';
import { Connection } from 'jsforce';
import type { Sides, System } from '../../model/system.ts';
import type { SandboxAccess } from '../../sandbox/start.ts';

/** Values of a record by API name; null is blank. */
export type Values = Readonly<Record<string, string | null>>;

/** Somebody who works in one of the systems, through its public API and with credentials of their own. */
export interface Colleague {
  readonly system: System;
  read(id: string, fields: readonly string[]): Promise<Values>;
  update(id: string, values: Values): Promise<void>;
  /** Answers the new record's id. */
  create(values: Values): Promise<string>;
  /** Records that this colleague created since the start, those under way included. */
  entered(): number;
}

/** A person whom both systems know. */
export interface Acquaintance {
  readonly ids: Sides<string>;
}

/** The marketer, who can also list whom HubSpot knows in Salesforce. */
export interface Marketer extends Colleague {
  acquaintances(identityField: string, max: number): Promise<readonly Acquaintance[]>;
}

const pageSize = 100;
const salesforceApiVersion = '62.0';

const textOf = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value);

/** HubSpot knows an empty text, not null, as the way to clear. */
const hubspotValues = (values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? '']));

/** The marketer in HubSpot, by the official client. */
export const makeMarketer = (access: SandboxAccess): Marketer => {
  const client = new Client({
    accessToken: access.hubspotPersonToken,
    basePath: access.hubspot,
    numberOfApiCallRetries: 0,
  });
  const { basicApi } = client.crm.contacts;
  let entered = 0;
  return {
    system: 'hubspot',
    read: async (id, fields) => {
      const { properties } = await basicApi.getById(id, [...fields]);
      return Object.fromEntries(fields.map((field) => [field, textOf(properties[field])]));
    },
    update: async (id, values) => {
      await basicApi.update(id, { properties: hubspotValues(values) });
    },
    create: async (values) => {
      entered += 1;
      return (await basicApi.create({ properties: hubspotValues(values), associations: [] })).id;
    },
    entered: () => entered,
    acquaintances: async (identityField, max) => {
      const known: Acquaintance[] = [];
      let after: string | undefined;
      do {
        const page = await basicApi.getPage(pageSize, after, [identityField]);
        for (const { id, properties } of page.results) {
          const salesforce = textOf(properties[identityField]);
          if (salesforce !== null) known.push({ ids: { hubspot: id, salesforce } });
        }
        after = page.paging?.next?.after;
      } while (after !== undefined && known.length < max);
      return known;
    },
  };
};

/** The rep in Salesforce, by jsforce with user name and password. */
export const makeRep = async (access: SandboxAccess, type: string): Promise<Colleague> => {
  const connection = new Connection({ loginUrl: access.salesforce, version: salesforceApiVersion });
  await connection.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  const objects = connection.sobject(type);
  let entered = 0;
  return {
    system: 'salesforce',
    read: async (id, fields) => {
      const record: Readonly<Record<string, unknown>> = await objects.retrieve(id);
      return Object.fromEntries(fields.map((field) => [field, textOf(record[field])]));
    },
    update: async (id, values) => {
      await objects.update({ ...values, Id: id });
    },
    create: async (values) => {
      entered += 1;
      const result = await objects.create({ ...values });
      if (!result.success) throw new Error(result.errors.map((error) => error.message).join('; '));
      return result.id;
    },
    entered: () => entered,
  };
};
