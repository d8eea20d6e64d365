import { refuse } from '../errors.ts';
import type { ApiValue, StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { formatDate } from '../values/datetime.ts';
import { checkLock, requireLive } from './checks.ts';
import type { ConversionTarget, LeadMapping } from './lead-mapping.ts';
import { campaignOf, moveActivities, moveMembers } from './move-belongings.ts';
import { type Body, type WriteContext, Writer } from './writer.ts';

/** One LeadConvert of the SOAP API, ids in 18 characters. */
export interface LeadConvert {
  readonly leadId: string;
  readonly convertedStatus: string;
  readonly accountId: string | null;
  readonly contactId: string | null;
  readonly opportunityId: string | null;
  readonly opportunityName: string | null;
  readonly ownerId: string | null;
  readonly doNotCreateOpportunity: boolean;
  readonly overwriteLeadSource: boolean;
}

export interface ConvertedLead {
  readonly leadId: string;
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId: string | null;
}

const tableOf = (database: Database, name: string): Table => {
  const object = database.schema.object(name);
  if (object === undefined) throw new Error(`conversion needs the object ${name}`);
  return database.table(object);
};

const fieldOf = (schema: ObjectSchema, row: Row, name: string): StoredValue =>
  row.values[schema.column(name)] ?? null;

/** Texts: django-salesforce#105 (INVALID_STATUS), captures of INVALID_FIELD; the code for a queue is unverified. */
const checkRequest = (database: Database, lead: Table, row: Row, request: LeadConvert): string => {
  if (fieldOf(lead.schema, row, 'IsConverted') === true) {
    throw refuse('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
  const statuses = tableOf(database, 'LeadStatus');
  const status = statuses.rows.find(
    (one) => fieldOf(statuses.schema, one, 'ApiName') === request.convertedStatus,
  );
  if (status === undefined || fieldOf(statuses.schema, status, 'IsConverted') !== true) {
    throw refuse('INVALID_STATUS', `invalid convertedStatus: ${request.convertedStatus}`, []);
  }
  if (request.doNotCreateOpportunity && (request.opportunityName ?? request.opportunityId) !== null) {
    const words = 'If doNotCreateOpportunity is true, opportunityName and opportunityId must be null.';
    throw refuse('INVALID_FIELD', words, ['Id']);
  }
  if (request.contactId !== null && request.accountId === null) {
    throw refuse('INVALID_FIELD', 'An account must be given together with a contact.', ['accountId']);
  }
  const owner = request.ownerId ?? String(fieldOf(lead.schema, row, 'OwnerId'));
  if (database.tableOfId(owner)?.schema.name !== 'User') {
    const words =
      'Converted objects can only be owned by users.  If the lead is not owned by a user, you must specify a user for the Owner field.';
    throw refuse('INVALID_FIELD', words, ['OwnerId']);
  }
  return owner;
};

/** Only what is blank is filled (SOAP API guide, convertLead: merging into existing records). */
const fillBlanks = (writer: Writer, table: Table, row: Row, body: Body): void => {
  const blanks = Object.entries(body).filter(([name]) => {
    const value = fieldOf(table.schema, row, name);
    return value === null || value === false;
  });
  if (blanks.length > 0) writer.update(table, row, Object.fromEntries(blanks));
};

/** A new opportunity closes at the end of the quarter (help: Considerations for Converting Leads). */
const quarterEnd = (seconds: number): string => {
  const now = new Date(seconds * 1_000);
  return formatDate(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3 + 3, 0) / 1_000);
};

const firstStage = (database: Database): StoredValue => {
  const stages = tableOf(database, 'OpportunityStage');
  const [first] = stages.rows;
  return first === undefined ? null : fieldOf(stages.schema, first, 'ApiName');
};

/** Carries out one conversion, whole or not at all. */
export class LeadConversion {
  readonly #context: WriteContext;
  readonly #mapping: LeadMapping;
  readonly #writer: Writer;

  /** The platform itself copies: field-level security of the caller does not hold it back, validation rules do. */
  constructor(context: WriteContext, mapping: LeadMapping) {
    this.#context = context;
    this.#mapping = mapping;
    this.#writer = new Writer({
      ...context,
      actor: { ...context.actor, caller: 'person' },
      autoAssign: false,
    });
  }

  /** Throws SalesforceError in the vendor's words; nothing has happened then. */
  convert(request: LeadConvert): ConvertedLead {
    try {
      const result = this.#convert(request);
      this.#writer.transaction.commit();
      return result;
    } catch (error) {
      this.#writer.transaction.rollback();
      throw error;
    }
  }

  #convert(request: LeadConvert): ConvertedLead {
    const { database, rules } = this.#context;
    const leads = tableOf(database, 'Lead');
    const lead = requireLive(leads, request.leadId);
    const owner = checkRequest(database, leads, lead, request);
    checkLock(leads.schema, rules, lead, database.nowSeconds);
    const accountId = this.#account(lead, request, owner);
    const contactId = this.#contact(lead, request, owner, accountId);
    const opportunityId = this.#opportunity(lead, request, owner, accountId, contactId);
    this.#writer.amend(leads, lead, {
      Status: request.convertedStatus,
      IsConverted: true,
      ConvertedDate: formatDate(this.#writer.transaction.stamp),
      ConvertedAccountId: accountId,
      ConvertedContactId: contactId,
      ConvertedOpportunityId: opportunityId,
      IsUnreadByOwner: false,
    });
    moveMembers(this.#writer, database, lead.id, contactId);
    moveActivities(this.#writer, database, lead.id, {
      accountId,
      contactId,
      opportunityId,
      ownerId: owner,
      convertedBy: this.#context.actor.userId,
    });
    return { leadId: lead.id, accountId, contactId, opportunityId };
  }

  #values(lead: Row, target: ConversionTarget): Record<string, ApiValue> {
    return this.#mapping.valuesFor(this.#context.database, lead, target);
  }

  #account(lead: Row, request: LeadConvert, owner: string): string {
    const accounts = tableOf(this.#context.database, 'Account');
    const body = this.#values(lead, 'Account');
    if (request.accountId === null) return this.#writer.create(accounts, { ...body, OwnerId: owner }).id;
    const account = requireLive(accounts, request.accountId);
    fillBlanks(this.#writer, accounts, account, body);
    return account.id;
  }

  #contact(lead: Row, request: LeadConvert, owner: string, accountId: string): string {
    const contacts = tableOf(this.#context.database, 'Contact');
    const body = this.#values(lead, 'Contact');
    if (request.contactId === null) {
      return this.#writer.create(contacts, { ...body, AccountId: accountId, OwnerId: owner }).id;
    }
    const contact = requireLive(contacts, request.contactId);
    if (fieldOf(contacts.schema, contact, 'AccountId') !== accountId) {
      throw refuse('INVALID_FIELD', 'The contact must belong to the account.', ['contactId']);
    }
    fillBlanks(this.#writer, contacts, contact, body);
    if (request.overwriteLeadSource && body.LeadSource !== undefined) {
      this.#writer.update(contacts, contact, { LeadSource: body.LeadSource });
    }
    return contact.id;
  }

  #opportunity(
    lead: Row,
    request: LeadConvert,
    owner: string,
    accountId: string,
    contactId: string,
  ): string | null {
    if (request.doNotCreateOpportunity) return null;
    const { database } = this.#context;
    const opportunities = tableOf(database, 'Opportunity');
    const body = this.#values(lead, 'Opportunity');
    let opportunity: Row;
    if (request.opportunityId === null) {
      const company = String(fieldOf(tableOf(database, 'Lead').schema, lead, 'Company') ?? '');
      opportunity = this.#writer.create(opportunities, {
        Name: request.opportunityName ?? `${company.slice(0, 119)}-`,
        StageName: firstStage(database),
        CloseDate: quarterEnd(database.nowSeconds),
        CampaignId: campaignOf(database, lead.id),
        ...body,
        AccountId: accountId,
        OwnerId: owner,
      });
    } else {
      opportunity = requireLive(opportunities, request.opportunityId);
      fillBlanks(this.#writer, opportunities, opportunity, body);
    }
    const roles = tableOf(database, 'OpportunityContactRole');
    const isFirst = request.opportunityId === null;
    this.#writer.create(roles, { OpportunityId: opportunity.id, ContactId: contactId, IsPrimary: isFirst });
    return opportunity.id;
  }
}
