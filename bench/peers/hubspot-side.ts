import { Client } from '@hubspot/api-client';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import type { SimplePublicObject } from '@hubspot/api-client/lib/codegen/crm/contacts/models/SimplePublicObject.js';
import { z } from 'zod';
import type { Sandbox } from '../kit/sandbox.ts';
import { decodeValues, encodeForHubSpot, peerFields } from './fields.ts';
import { lotsOf, type PeerRecord, type PeerWrite, type Side } from './side.ts';

/** As its documentation shows them: what the server fails at, and what is limited. A cut connection is not among them. */
const retries = 3;
/** Both as HubSpot limits them. */
const searchPage = 200;
const batchSize = 100;
/** Search shows a change up to 3 s late. */
const lookBackMs = 5_000;
const properties = ['email', 'lastmodifieddate', ...peerFields.map(({ hubspot }) => hubspot)];

const decode = ({ id, properties: raw }: SimplePublicObject): PeerRecord => ({
  id,
  email: (raw.email ?? '').toLowerCase(),
  modifiedAt: Date.parse(raw.lastmodifieddate ?? ''),
  values: decodeValues('hubspot', raw),
});

/** A refusal of the data, which another try does not mend: an address that somebody has, a value that does not fit. */
const refusal = z.object({ code: z.union([z.literal(400), z.literal(409)]) });

/** The contacts. */
export const openHubSpot = (access: Sandbox['access']): Side => {
  const client = new Client({
    accessToken: access.hubspotToken,
    basePath: access.hubspot,
    numberOfApiCallRetries: retries,
  });
  const { basicApi, batchApi, searchApi } = client.crm.contacts;

  const read = async (ids: readonly string[], idProperty?: 'email'): Promise<readonly PeerRecord[]> => {
    const found: PeerRecord[] = [];
    for (const lot of lotsOf(ids, batchSize)) {
      const inputs = lot.map((id) => ({ id }));
      const by = idProperty === undefined ? {} : { idProperty };
      const { results } = await batchApi.read({ ...by, inputs, properties, propertiesWithHistory: [] });
      found.push(...results.map(decode));
    }
    return found;
  };

  const searchIds = async (sinceMs: number): Promise<readonly string[]> => {
    const since = {
      propertyName: 'lastmodifieddate',
      operator: FilterOperatorEnum.Gte,
      value: String(sinceMs),
    };
    const known = { propertyName: 'email', operator: FilterOperatorEnum.HasProperty };
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await searchApi.doSearch({
        ...{ filterGroups: [{ filters: [since, known] }], sorts: ['lastmodifieddate'] },
        ...{ properties: ['email'], limit: searchPage, ...(after === undefined ? {} : { after }) },
      });
      ids.push(...page.results.map(({ id }) => id));
      after = page.paging?.next?.after;
    } while (after !== undefined);
    return ids;
  };

  const inputOf = ({ email, values, fields }: PeerWrite) => ({ ...encodeForHubSpot(values, fields), email });

  /** HubSpot takes a batch whole or not at all: what is refused together is tried one by one. */
  const writeLot = async (lot: readonly PeerWrite[], isUpdate: boolean): Promise<number> => {
    const one = lot[0];
    if (one === undefined) return 0;
    try {
      if (!isUpdate && lot.length === 1)
        await basicApi.create({ properties: inputOf(one), associations: [] });
      else if (!isUpdate)
        await batchApi.create({
          inputs: lot.map((each) => ({ properties: inputOf(each), associations: [] })),
        });
      else
        await batchApi.update({
          inputs: lot.map((each) => ({
            id: each.id ?? '',
            properties: encodeForHubSpot(each.values, each.fields),
          })),
        });
      return lot.length;
    } catch (error) {
      if (!refusal.safeParse(error).success) throw error;
      let taken = 0;
      if (lot.length > 1) for (const each of lot) taken += await writeLot([each], isUpdate);
      return taken;
    }
  };

  return {
    changedSince: async (sinceMs) => {
      // Search remembers what was; what is, says a read.
      const records = await read(await searchIds(Math.max(0, sinceMs - lookBackMs)));
      return records.filter(({ email }) => email !== '');
    },
    byEmail: async (emails) => {
      const found = await read(emails, 'email');
      return new Map(found.map((record) => [record.email, record]));
    },
    write: async (writes) => {
      let taken = 0;
      for (const isUpdate of [true, false]) {
        const some = writes.filter(({ id }) => (id !== null) === isUpdate);
        for (const lot of lotsOf(some, batchSize)) taken += await writeLot(lot, isUpdate);
      }
      return taken;
    },
  };
};
