import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Org, startOrg } from './org.ts';

/** The shape of a refusal as the REST API gives it (captures of v50, v54 and v56); jsforce puts the body into `data`. */
interface Refusal {
  readonly errorCode: string;
  readonly message: string;
  readonly data: {
    readonly duplicateResut: {
      readonly allowSave: boolean;
      readonly duplicateRule: string;
      readonly duplicateRuleEntityType: string;
      readonly errorMessage: string;
      readonly matchResults: readonly {
        readonly entityType: string;
        readonly size: number;
        readonly matchRecords: readonly {
          readonly record: Readonly<Record<string, unknown>> & { readonly Id: string };
        }[];
      }[];
    };
  };
}

const org: Org = await startOrg();
afterAll(async () => org.close());

/** Through the official client: the refusal that a call ends with. */
const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  try {
    await call;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('nothing was refused');
};

const idsIn = ({ data }: Refusal): readonly string[] =>
  data.duplicateResut.matchResults.flatMap(({ matchRecords }) => matchRecords.map(({ record }) => record.Id));

const ann = { FirstName: 'Ann', LastName: 'Ng', Company: 'Acme', Email: 'ann@acme.example' };
const byEmail = { object: 'Lead', kind: 'duplicate', field: 'Email' };
const save = { headers: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } };

beforeEach(async () => {
  await org.control('/reset', { contacts: 0, leads: 0 });
  await org.control('/rules', []);
});

describe('a duplicate rule', () => {
  it('refuses a create, and its answer names rule, kind and records as the vendor’s does', async () => {
    const id = await org.lead(ann);
    await org.control('/rules', [{ ...byEmail, name: 'Leads_by_email', message: 'There is one.' }]);
    const refusal = await refusalOf(
      org.connection.sobject('Lead').create({ ...ann, Email: 'ANN@acme.example' }),
    );
    expect(refusal).toMatchObject({ errorCode: 'DUPLICATES_DETECTED', message: 'There is one.' });
    expect(refusal.data.duplicateResut).toEqual({
      allowSave: false,
      duplicateRule: 'Leads_by_email',
      duplicateRuleEntityType: 'Lead',
      errorMessage: 'There is one.',
      matchResults: [
        {
          entityType: 'Lead',
          errors: [],
          matchEngine: 'FuzzyMatchEngine',
          matchRecords: [
            {
              additionalInformation: [],
              fieldDiffs: [],
              matchConfidence: 100,
              record: {
                attributes: { type: 'Lead', url: `/services/data/v60.0/sobjects/Lead/${id}` },
                Id: id,
              },
            },
          ],
          rule: 'Standard_Lead_Match_Rule_v1_1',
          size: 1,
          success: true,
        },
      ],
    });
  });

  it('is told by a collection with its code alone, row by row', async () => {
    await org.lead(ann);
    await org.control('/rules', [byEmail]);
    const results = await org.connection
      .sobject('Lead')
      .create([ann, { ...ann, Email: 'other@acme.example' }], { allOrNone: false });
    expect(results).toMatchObject([
      {
        success: false,
        errors: [{ statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?', fields: [] }],
      },
      { success: true },
    ]);
    expect(JSON.stringify(results)).not.toContain('duplicateResut');
  });

  it('compares all of its fields, with records of other objects too', async () => {
    const lead = await org.lead({ ...ann, Email: 'one@acme.example' });
    const contact = await org.create('Contact', { LastName: 'Ng', Email: 'ann@acme.example' });
    await org.control('/rules', [
      { object: 'Lead', kind: 'duplicate', fields: ['FirstName', 'LastName', 'Company'] },
      { ...byEmail, against: ['Lead', 'Contact'] },
    ]);
    const create = (fields: object) => org.connection.sobject('Lead').create({ ...ann, ...fields });
    expect(idsIn(await refusalOf(create({ Email: 'two@acme.example', LastName: 'NG ' })))).toEqual([lead]);
    const across = await refusalOf(create({ Company: 'Other' }));
    expect(idsIn(across)).toEqual([contact]);
    expect(across.data.duplicateResut.matchResults[0]?.entityType).toBe('Contact');
    expect(await create({ Company: 'Other', Email: 'three@acme.example' })).toMatchObject({ success: true });
  });

  it('that only alerts is passed by the header, on a create, an upsert and a collection; one that blocks is not', async () => {
    await org.lead(ann);
    const alert = { ...byEmail, set: { allowSave: true } };
    await org.control('/rules', [alert]);
    const leads = org.connection.sobject('Lead');
    expect((await refusalOf(leads.create(ann))).data.duplicateResut.allowSave).toBe(true);
    expect(await leads.create(ann, save)).toMatchObject({ success: true });
    expect(await leads.create([ann], save)).toMatchObject([{ success: true }]);
    const keyed = { ...ann, HubSpot_Id__c: '7' };
    expect((await refusalOf(leads.upsert(keyed, 'HubSpot_Id__c'))).errorCode).toBe('DUPLICATES_DETECTED');
    expect(await leads.upsert(keyed, 'HubSpot_Id__c', save)).toMatchObject({ success: true });
    await org.control('/rules', [byEmail]);
    expect((await refusalOf(leads.create(ann, save))).data.duplicateResut.allowSave).toBe(false);
  });

  it('runs on updates where it is said, and only when one of its fields moves', async () => {
    const other = await org.lead(ann);
    const id = await org.lead({ ...ann, Email: 'beth@acme.example' });
    const leads = org.connection.sobject('Lead');
    await org.control('/rules', [byEmail]);
    expect(await leads.update({ Id: id, Email: 'ann@acme.example' })).toMatchObject({ success: true });
    await leads.update({ Id: id, Email: 'beth@acme.example' });
    await org.control('/rules', [{ ...byEmail, on: 'update' }]);
    const refusal = await refusalOf(leads.update({ Id: id, Email: 'ann@acme.example' }));
    expect(idsIn(refusal)).toEqual([other]);
    const rows = await leads.update([{ Id: id, Email: 'ann@acme.example' }], { allOrNone: false });
    expect(rows).toMatchObject([{ success: false, errors: [{ statusCode: 'DUPLICATES_DETECTED' }] }]);
    expect(await leads.update({ Id: id, Title: 'Head' })).toMatchObject({ success: true });
    expect(await leads.create(ann)).toMatchObject({ success: true });
  });

  it('finds what its caller may not see without naming it, and nothing of it under the caller’s own sharing', async () => {
    await org.lead(ann);
    await org.control('/rules', [byEmail, { object: 'Lead', kind: 'unshare', when: { Company: 'Acme' } }]);
    const create = (headers: string) =>
      org.connection
        .sobject('Lead')
        .create({ ...ann, Company: 'New' }, { headers: { 'Sforce-Duplicate-Rule-Header': headers } });
    expect((await refusalOf(create('allowSave=false'))).data.duplicateResut.matchResults).toMatchObject([
      { size: 0, matchRecords: [] },
    ]);
    expect(await create('runAsCurrentUser=true')).toMatchObject({ success: true });
  });

  it('leaves out what is deleted or converted, and gives details where they are asked for', async () => {
    const gone = await org.lead(ann);
    await org.connection.sobject('Lead').destroy(gone);
    const converted = await org.lead(ann);
    await org.connection.soap.convertLead({ leadId: converted, convertedStatus: 'Closed - Converted' });
    await org.control('/rules', [byEmail]);
    const id = await org.lead(ann);
    const headers = { 'Sforce-Duplicate-Rule-Header': 'includeRecordDetails=true' };
    const refusal = await refusalOf(org.connection.sobject('Lead').create(ann, { headers }));
    expect(refusal.data.duplicateResut.matchResults[0]?.matchRecords).toMatchObject([
      { record: { Id: id, Company: 'Acme', Email: 'ann@acme.example' } },
    ]);
  });
});
