import { composedFields, type PairMapping } from '../../../src/model/mapping.ts';
import { joinParts } from '../../../src/model/part-text.ts';
import { bothSides, type Sides, type System } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { RecordsOf } from '../chaos/oracle.ts';
import type { Place, RecordsSeen } from './case.ts';
import type { VirtualCompany } from './company.ts';
import { dealTypes } from './deals.ts';

type Records = RecordsOf['records'];

/** Deals and opportunities as the judge sees them: pipeline and stage are one value where the mapping says so. */
export class DealRecords implements RecordsSeen {
  private readonly pair: PairMapping;
  private readonly records: Sides<Records>;

  constructor(company: VirtualCompany, pair: PairMapping) {
    this.pair = pair;
    this.records = bothSides((system) => this.read(company, system));
  }

  of(system: System): Records {
    return this.records[system];
  }

  keyOf(fields: Readonly<Record<string, unknown>>): string {
    return String(fields.hs_next_step ?? fields.NextStep ?? 'a deal that nobody entered');
  }

  idOf(id: string): string {
    return id;
  }

  placeOf({ id, apiField }: Place): Place {
    return { id, apiField };
  }

  placesOf({ id, apiField }: Place): readonly Place[] {
    return apiField.split('/').map((part) => ({ id, apiField: part }));
  }

  private read(company: VirtualCompany, system: System): Records {
    return new Map(
      company.records(system, dealTypes[system]).map((record) => {
        const own = (system === 'hubspot' ? record.properties : record) as RawFields;
        const whole = composedFields(this.pair).map(({ fields, parts }) => {
          const [first, second] = parts[system];
          return [fields[system], joinParts(own[first] ?? null, own[second] ?? null)] as const;
        });
        const fields: RawFields = { ...own, ...Object.fromEntries(whole) };
        const deleted = record.archived === true || record.IsDeleted === true;
        return [String(system === 'hubspot' ? record.id : record.Id), { fields, deleted }];
      }),
    );
  }
}
