import { Connection } from 'jsforce';
import { z } from 'zod';
import type { Access } from '../../data/sandbox-access.ts';

/** Values of a record by API name. */
export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A record and what is typed into it. */
export interface Edit {
  readonly id: string;
  readonly values: Values;
}

const hubspotPageSize = 100;
const salesforcePageSize = 200;

const pagesOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, page) =>
    items.slice(page * size, (page + 1) * size),
  );

const idShape = z.object({ id: z.string() });
const propertiesShape = z.object({ properties: z.record(z.string(), z.string().nullable()) });

const labelsShape = z.object({
  results: z.array(z.object({ category: z.string(), typeId: z.number(), label: z.string().nullable() })),
});
const tiesShape = z.object({
  results: z.array(
    z.object({
      toObjectId: z.union([z.string(), z.number()]).transform(String),
      associationTypes: z.array(z.object({ label: z.string().nullable() })),
    }),
  ),
});
const conversionShape = z.object({ success: z.literal(true), contactId: z.string() });

const pipelineShape = z.object({
  id: z.string(),
  stages: z.array(z.object({ id: z.string(), label: z.string() })),
});
export interface PipelineIds {
  readonly id: string;
  readonly stages: Readonly<Record<string, string>>;
}

const membershipsShape = z.object({ results: z.array(z.object({ listId: z.string() })) });
const listNameShape = z.object({ list: z.object({ name: z.string() }) });
const listIdShape = z.object({ list: z.object({ listId: z.string() }) });

/** The colleague who works in both systems: public APIs, credentials of their own, never the worker's. */
export class Person {
  private readonly access: Access;
  private readonly salesforce: Connection;

  private constructor(access: Access, salesforce: Connection) {
    this.access = access;
    this.salesforce = salesforce;
  }

  static async signIn(access: Access): Promise<Person> {
    const salesforce = new Connection({ loginUrl: access.salesforce, version: '62.0' });
    await salesforce.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
    return new Person(access, salesforce);
  }

  async createContact(values: Values): Promise<string> {
    return idShape.parse(await this.hubspot('POST', '/crm/v3/objects/contacts', { properties: values })).id;
  }

  async editContacts(edits: readonly Edit[]): Promise<void> {
    for (const page of pagesOf(edits, hubspotPageSize)) {
      const inputs = page.map(({ id, values }) => ({ id, properties: values }));
      await this.hubspot('POST', '/crm/v3/objects/contacts/batch/update', { inputs });
    }
  }

  async readContact(id: string, ...names: string[]): Promise<Readonly<Record<string, string | null>>> {
    const query = new URLSearchParams({ properties: names.join(',') }).toString();
    return propertiesShape.parse(await this.hubspot('GET', `/crm/v3/objects/contacts/${id}?${query}`))
      .properties;
  }

  /** The names of the lists that a contact is on, in order. */
  async listsOf(id: string): Promise<readonly string[]> {
    const answer = await this.hubspot('GET', `/crm/v3/lists/records/0-1/${id}/memberships`);
    const names: string[] = [];
    for (const { listId } of membershipsShape.parse(answer).results)
      names.push(listNameShape.parse(await this.hubspot('GET', `/crm/v3/lists/${listId}`)).list.name);
    return names.sort((a, b) => a.localeCompare(b));
  }

  /** A list of contacts that people are put on by hand. */
  async makeList(name: string): Promise<void> {
    await this.hubspot('POST', '/crm/v3/lists', { name, objectTypeId: '0-1', processingType: 'MANUAL' });
  }

  /** Puts a contact on a list by hand. */
  async putOnList(name: string, id: string): Promise<void> {
    const answer = await this.hubspot(
      'GET',
      `/crm/v3/lists/object-type-id/0-1/name/${encodeURIComponent(name)}`,
    );
    const { listId } = listIdShape.parse(answer).list;
    await this.hubspot('PUT', `/crm/v3/lists/${listId}/memberships/add`, [id]);
  }

  /** How many contacts HubSpot's search shows with this value; its index lags by seconds. */
  async countContacts(property: string, value: string): Promise<number> {
    const filters = [{ propertyName: property, operator: 'EQ', value }];
    const found = await this.hubspot('POST', '/crm/v3/objects/contacts/search', {
      filterGroups: [{ filters }],
    });
    return z.object({ total: z.number() }).parse(found).total;
  }

  async createLead(values: Values): Promise<string> {
    const result = await this.salesforce.sobject('Lead').create({ ...values });
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  async editLeads(edits: readonly Edit[]): Promise<void> {
    for (const page of pagesOf(edits, salesforcePageSize)) {
      const results = await this.salesforce
        .sobject('Lead')
        .update(page.map(({ id, values }) => ({ ...values, Id: id })));
      const refused = results.filter((result) => !result.success);
      if (refused.length > 0) throw new Error(JSON.stringify(refused[0]?.errors));
    }
  }

  async readLead(id: string): Promise<Readonly<Record<string, unknown>>> {
    return this.salesforce.sobject('Lead').retrieve(id);
  }

  /** A record of any HubSpot object; answers its id. */
  async createHubspot(type: string, values: Values): Promise<string> {
    return idShape.parse(await this.hubspot('POST', `/crm/v3/objects/${type}`, { properties: values })).id;
  }

  async editHubspot(type: string, id: string, values: Values): Promise<void> {
    await this.hubspot('PATCH', `/crm/v3/objects/${type}/${id}`, { properties: values });
  }

  /** This address gets no marketing email any more. */
  async optOut(email: string): Promise<void> {
    const path = `/communication-preferences/v4/statuses/${encodeURIComponent(email)}/unsubscribe-all`;
    await this.hubspot('POST', `${path}?channel=EMAIL`, {});
  }

  /** Merges the second contact into the first; answers the id of what they became. */
  async mergeContacts(first: string, second: string): Promise<string> {
    const body = { primaryObjectId: first, objectIdToMerge: second };
    return idShape.parse(await this.hubspot('POST', '/crm/v3/objects/contacts/merge', body)).id;
  }

  /** Makes a company the record's primary one (associations v4: 1 is contact to primary company, 5 deal to primary company). */
  async setPrimaryCompany(
    id: string,
    company: string,
    type: 'contacts' | 'deals' = 'contacts',
  ): Promise<void> {
    await this.hubspot('PUT', `/crm/v4/objects/${type}/${id}/associations/companies/${company}`, [
      { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: type === 'contacts' ? 1 : 5 },
    ]);
  }

  /** Associates a deal with a contact, with these of the portal's labels beside what is there; without any plainly. */
  async tieToDeal(deal: string, contact: string, ...labels: readonly string[]): Promise<void> {
    const path = '/crm/v4/associations/deals/contacts';
    if (labels.length === 0) {
      await this.hubspot('PUT', `/crm/v4/objects/deals/${deal}/associations/default/contacts/${contact}`);
      return;
    }
    const { results } = labelsShape.parse(await this.hubspot('GET', `${path}/labels`));
    const types = labels.map((label) => {
      const type = results.find((each) => each.label === label);
      if (!type) throw new Error(`the portal has no label ${label}`);
      return { associationCategory: type.category, associationTypeId: type.typeId };
    });
    await this.hubspot('POST', `${path}/batch/create`, {
      inputs: [{ from: { id: deal }, to: { id: contact }, types }],
    });
  }

  /** Takes a contact out of a deal. */
  async untieFromDeal(deal: string, contact: string): Promise<void> {
    await this.hubspot('DELETE', `/crm/v4/objects/deals/${deal}/associations/contacts/${contact}`);
  }

  /** The contacts of a deal by id, with the labels of each. */
  async contactsOfDeal(deal: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const answer = await this.hubspot('GET', `/crm/v4/objects/deals/${deal}/associations/contacts`);
    return Object.fromEntries(
      tiesShape
        .parse(answer)
        .results.map(({ toObjectId, associationTypes }) => [
          toObjectId,
          associationTypes.flatMap(({ label }) => label ?? []).sort(),
        ]),
    );
  }

  /** Makes a pipeline of deals whose stages have these names, in this order; answers its id and theirs by name. */
  async makePipeline(label: string, ...stages: readonly string[]): Promise<PipelineIds> {
    const body = {
      label,
      displayOrder: 1,
      stages: stages.map((name, at) => ({
        ...{ label: name, displayOrder: at },
        metadata: {
          probability: at === stages.length - 1 ? '1.0' : '0.5',
          isClosed: String(at === stages.length - 1),
        },
      })),
    };
    const made = pipelineShape.parse(await this.hubspot('POST', '/crm/v3/pipelines/deals', body));
    return { id: made.id, stages: Object.fromEntries(made.stages.map((stage) => [stage.label, stage.id])) };
  }

  /** Makes a label for associations of deals with contacts. */
  async makeLabel(label: string): Promise<void> {
    const name = label.toLowerCase().replaceAll(' ', '_');
    await this.hubspot('POST', '/crm/v4/associations/deals/contacts/labels', { name, label });
  }

  /** Converts a lead without a deal; answers the contact's id. */
  async convertLead(id: string): Promise<string> {
    const result = await this.salesforce.soap.convertLead({
      ...{ leadId: id, convertedStatus: 'Closed - Converted', doNotCreateOpportunity: true },
    });
    const converted = conversionShape.parse(result);
    return converted.contactId;
  }

  async destroy(type: string, id: string): Promise<void> {
    const result = await this.salesforce.sobject(type).destroy(id);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
  }

  /** Deletes many records of one Salesforce object, as a list view does. */
  async destroyMany(type: string, ids: readonly string[]): Promise<void> {
    const results = await this.salesforce.sobject(type).destroy([...ids]);
    const refused = results.filter(({ success }) => !success);
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
  }

  /** Takes records out of Salesforce's bin again. */
  async undelete(...ids: readonly string[]): Promise<void> {
    const results = await this.salesforce.soap.undelete([...ids]);
    const refused = results.filter(({ success }) => !success);
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
  }

  /** A record of any Salesforce object; answers its id. */
  async create(type: string, values: Values): Promise<string> {
    const result = await this.salesforce.sobject(type).create({ ...values });
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  async edit(type: string, id: string, values: Values): Promise<void> {
    const result = await this.salesforce.sobject(type).update({ ...values, Id: id });
    if (!result.success) throw new Error(JSON.stringify(result.errors));
  }

  private async hubspot(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.access.hubspot}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.access.hubspotPersonToken}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }
}
