import { Connection } from 'jsforce';
import { z } from 'zod';
import type { Sandbox } from '../kit/sandbox.ts';
import { decodeValues, encodeForSalesforce, peerFields } from './fields.ts';
import { lotsOf, type PeerRecord, type PeerWrite, type Side } from './side.ts';

/** Records in one call, as Salesforce limits them. */
const batchSize = 200;
/** Addresses in one query: its text goes into the URL. */
const emailsPerQuery = 100;
/** Stamps are whole seconds, and those of one transaction its beginning. */
const lookBackMs = 5_000;

const leadShape = z.looseObject({ Id: z.string(), Email: z.string(), SystemModstamp: z.string() });
const names = ['Id', 'Email', 'SystemModstamp', ...peerFields.map(({ salesforce }) => salesforce)].join(', ');
const open = 'IsConverted = false AND Email != null';

const decode = (raw: unknown): PeerRecord => {
  const lead = leadShape.parse(raw);
  return {
    id: lead.Id,
    email: lead.Email.toLowerCase(),
    modifiedAt: Date.parse(lead.SystemModstamp),
    values: decodeValues('salesforce', lead),
  };
};

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What a row was refused for and may pass next time; what else it is refused for, another try does not mend. */
const passing = z.object({ statusCode: z.enum(['UNABLE_TO_LOCK_ROW', 'SERVER_UNAVAILABLE']) });

/** The open leads. jsforce repeats reads by itself, never writes. */
export const openSalesforce = async (access: Sandbox['access']): Promise<Side> => {
  const connection = new Connection({ loginUrl: access.salesforce });
  await connection.login(access.salesforceUsername, access.salesforcePassword);

  const query = async (where: string): Promise<readonly PeerRecord[]> => {
    const { records } = await connection.query(
      `SELECT ${names} FROM Lead WHERE ${open} AND ${where} ORDER BY CreatedDate, Id`,
      { autoFetch: true, maxFetch: 100_000 },
    );
    return records.map(decode);
  };

  const writeLot = async (lot: readonly PeerWrite[], isUpdate: boolean): Promise<number> => {
    const leads = lot.map(({ id, email, values, fields }) => ({
      ...encodeForSalesforce(values, fields),
      ...(isUpdate ? { Id: id ?? '' } : { Email: email }),
    }));
    const results = isUpdate
      ? await connection.sobject('Lead').update(leads.map((lead) => ({ Id: '', ...lead })))
      : await connection.sobject('Lead').create(leads);
    const errors = results.flatMap((result) => (result.success ? [] : result.errors));
    const again = errors.find((error) => passing.safeParse(error).success);
    if (again !== undefined) throw new Error(`Salesforce: ${again.message}`);
    return results.filter(({ success }) => success).length;
  };

  return {
    changedSince: async (sinceMs) =>
      query(`SystemModstamp >= ${new Date(Math.max(0, sinceMs - lookBackMs)).toISOString()}`),
    byEmail: async (emails) => {
      const found = new Map<string, PeerRecord>();
      for (const lot of lotsOf(emails, emailsPerQuery)) {
        for (const record of await query(`Email IN (${lot.map(quoted).join(', ')})`))
          if (!found.has(record.email)) found.set(record.email, record);
      }
      return found;
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
