import type { Caller } from '../../../core/message.ts';
import type { Company } from '../../company.ts';
import { readDuplicateOptions } from '../../dml/check-duplicates.ts';
import { LeadConversion } from '../../dml/convert-lead.ts';
import { mergeRecords } from '../../dml/merge.ts';
import { type Body, type WriteContext, Writer } from '../../dml/writer.ts';
import { refuse, SalesforceError } from '../../errors.ts';
import { toId18 } from '../../ids.ts';
import { formatDatetime } from '../../values/datetime.ts';
import { isObject } from '../endpoint.ts';
import { errorElements, listIn, type SoapRequest, textIn, type XmlValue } from './message.ts';

/** Rows of one call; each is answered for itself (SOAP API guide: 200 records; 100 leads to convert are unverified). */
const recordsMax = 200;
const conversionsMax = 100;

/** One operation, its arguments already read: the results, in order. Throws SalesforceError for the call as a whole. */
export type Operation = (company: Company, caller: Caller, request: SoapRequest) => readonly XmlValue[];

const contextOf = (company: Company, caller: Caller): WriteContext => ({
  database: company.database,
  rules: company.rules,
  assignment: company.assignment,
  actor: company.actor(caller),
  autoAssign: true,
  duplicates: readDuplicateOptions(),
  origin: 'com/salesforce/api/soap/64.0',
});

const checkCount = (count: number, max: number): void => {
  if (count > max)
    throw refuse(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${max} records into this call`,
    );
};

const idOf = (text: string | null): string => {
  const id = toId18(text ?? '');
  if (id === null) throw refuse('MALFORMED_ID', `malformed id ${text ?? ''}`, ['Id']);
  return id;
};

const optionalId = (value: unknown, name: string): string | null => {
  const text = textIn(value, name);
  return text === null || text === '' ? null : idOf(text);
};

const optionalText = (value: unknown, name: string): string | null => textIn(value, name) || null;

/** A result for itself: what `act` gives, or why it was refused. */
const settle = (act: () => { readonly [name: string]: XmlValue }): XmlValue => {
  try {
    return { ...act(), success: true };
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return { errors: errorElements(error), success: false };
  }
};

const convertLead: Operation = (company, caller, request) => {
  const converts = listIn(request.arguments, 'leadConverts');
  checkCount(converts.length, conversionsMax);
  const context = contextOf(company, caller);
  return converts.map((one) =>
    settle(() => ({
      ...new LeadConversion(context, company.leadMapping).convert({
        leadId: idOf(textIn(one, 'leadId')),
        convertedStatus: textIn(one, 'convertedStatus') ?? '',
        accountId: optionalId(one, 'accountId'),
        contactId: optionalId(one, 'contactId'),
        opportunityId: optionalId(one, 'opportunityId'),
        opportunityName: optionalText(one, 'opportunityName'),
        ownerId: optionalId(one, 'ownerId'),
        doNotCreateOpportunity: textIn(one, 'doNotCreateOpportunity') === 'true',
        overwriteLeadSource: textIn(one, 'overwriteLeadSource') === 'true',
      }),
    })),
  );
};

/** A record in SOAP: its type, its id, fields as text, and the names of those to empty. */
const readRecord = (
  record: unknown,
): { readonly type: string; readonly id: string; readonly fields: Body } => {
  const { type, Id: _id, fieldsToNull: _emptied, ...fields } = isObject(record) ? record : {};
  const emptied = listIn(record, 'fieldsToNull').map((name) => [String(name), null] as const);
  return {
    type: typeof type === 'string' ? type : '',
    id: idOf(textIn(record, 'Id')),
    fields: { ...fields, ...Object.fromEntries(emptied) },
  };
};

const merge: Operation = (company, caller, request) => {
  const context = contextOf(company, caller);
  return listIn(request.arguments, 'mergeRequests').map((one) =>
    settle(() => {
      const master = readRecord(isObject(one) ? one.masterRecord : undefined);
      const victimIds = listIn(one, 'recordToMergeIds').map((id) => idOf(String(id)));
      const { type, fields } = master;
      return { ...mergeRecords(context, { type, masterId: master.id, fields, victimIds }) };
    }),
  );
};

/** The rows of an operation over ids: one transaction, each row for itself. */
const overIds = (
  company: Company,
  caller: Caller,
  request: SoapRequest,
  act: (writer: Writer, id: string) => void,
): readonly XmlValue[] => {
  const ids = listIn(request.arguments, 'ids');
  checkCount(ids.length, recordsMax);
  company.database.expireBin();
  const writer = new Writer(contextOf(company, caller));
  const { transaction } = writer;
  const results = ids.map((text) => {
    const { savepoint } = transaction;
    return settle(() => {
      try {
        const id = idOf(String(text));
        act(writer, id);
        return { id };
      } catch (error) {
        transaction.rollbackTo(savepoint);
        throw error;
      }
    });
  });
  transaction.commit();
  return results;
};

const undelete: Operation = (company, caller, request) =>
  overIds(company, caller, request, (writer, id) => {
    const table = company.database.tableOfId(id);
    const row = table?.get(id);
    if (table === undefined || row === undefined) {
      throw refuse('UNDELETE_FAILED', 'Entity is not in the recycle bin', []);
    }
    writer.undelete(table, row);
  });

/** Purged records cannot be brought back; queryAll goes on showing them for about a day. What is purged with its parent, too. */
const emptyRecycleBin: Operation = (company, caller, request) =>
  overIds(company, caller, request, (_writer, id) => {
    const { bin, nowSeconds } = company.database;
    if (!bin.holds(id)) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid record id', []);
    bin.purgeWithChildren(id, nowSeconds);
  });

const getUserInfo: Operation = (company, caller) => {
  const { userId } = company.actor(caller);
  return [{ organizationId: company.directory.organizationId, userId }];
};

const getServerTimestamp: Operation = (company) => [
  { timestamp: formatDatetime(company.database.nowSeconds) },
];

/** The operations of the partner API for those who are signed in; one more is one more entry. */
export const operations = new Map<string, Operation>(
  Object.entries({ convertLead, emptyRecycleBin, getServerTimestamp, getUserInfo, merge, undelete }),
);
