import type { PairMapping } from '../../../src/model/mapping.ts';
import type { System } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { RecordsOf } from '../chaos/oracle.ts';
import type { Place, RecordsSeen } from './case.ts';
import type { VirtualCompany } from './company.ts';
import { presentEmail } from './persons.ts';

type Records = RecordsOf['records'];

const hubspotRecords = (company: VirtualCompany): Records =>
  new Map(
    company
      .records('hubspot', 'contacts')
      .map((record) => [
        String(record.id),
        { fields: record.properties as RawFields, deleted: record.archived === true },
      ]),
  );

/**
 * People's records as a judge sees them, each of them one: a converted lead and its contact go by the contact's id and by the lead's names of
 * fields. What a contact has no field for stays what it was on the lead, which nobody can write any more.
 */
export class PeopleRecords implements RecordsSeen {
  readonly hubspot: Records;
  readonly salesforce: Records;
  private readonly contactOfLead = new Map<string, string>();
  private readonly leadOfContact = new Map<string, string>();
  private readonly leadNames: ReadonlyMap<string, string>;

  constructor(company: VirtualCompany, pair: PairMapping) {
    this.leadNames = new Map(
      (pair.conversion?.form.fields ?? []).flatMap(({ name, fields }): [string, string][] => {
        const own = pair.fields.find((field) => field.name === name);
        return own ? [[fields.salesforce, own.fields.salesforce]] : [];
      }),
    );
    this.hubspot = hubspotRecords(company);
    this.salesforce = this.salesforceRecords(company);
  }

  of(system: System): Records {
    return this[system];
  }

  keyOf(fields: Readonly<Record<string, unknown>>): string {
    return presentEmail(fields.email ?? fields.Email);
  }

  /** The id that a record goes by here. */
  idOf(id: string): string {
    return this.contactOfLead.get(id) ?? id;
  }

  /** Whether a lead of this id was converted. */
  isConverted(id: string): boolean {
    return this.contactOfLead.has(id);
  }

  /** The place that a field of a record goes by here. */
  placeOf({ id, apiField }: Place): Place {
    const name = this.leadOfContact.has(id) ? this.leadNames.get(apiField) : undefined;
    return { id: this.idOf(id), apiField: name ?? apiField };
  }

  /** Everywhere that the same value stands or stood. */
  placesOf(place: Place): readonly Place[] {
    const { id, apiField } = this.placeOf(place);
    const lead = this.leadOfContact.get(id);
    if (lead === undefined) return [place];
    const [named] = [...this.leadNames].find(([, name]) => name === apiField) ?? [];
    return [{ id: lead, apiField }, ...(named === undefined ? [] : [{ id, apiField: named }])];
  }

  private salesforceRecords(company: VirtualCompany): Records {
    const leads = company.records('salesforce', 'Lead');
    const leadsOf = new Map(leads.map((lead) => [String(lead.ConvertedContactId ?? ''), lead]));
    const open = leads
      .filter((lead) => lead.IsConverted !== true)
      .map(
        (lead) => [String(lead.Id), { fields: lead as RawFields, deleted: lead.IsDeleted === true }] as const,
      );
    const contacts = company.records('salesforce', 'Contact').map((contact) => {
      const id = String(contact.Id);
      const lead = leadsOf.get(id);
      if (lead) {
        this.contactOfLead.set(String(lead.Id), id);
        this.leadOfContact.set(id, String(lead.Id));
      }
      const renamed = Object.entries(contact).map(([name, value]) => [
        this.leadNames.get(name) ?? name,
        value,
      ]);
      // The person is as old as the lead.
      const since = lead ? { CreatedDate: lead.CreatedDate } : {};
      const fields = { ...lead, ...Object.fromEntries(renamed), ...since } as RawFields;
      return [id, { fields, deleted: contact.IsDeleted === true }] as const;
    });
    return new Map([...open, ...contacts]);
  }
}
