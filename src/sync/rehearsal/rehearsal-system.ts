import type { CallContext } from '../../model/budget.ts';
import type { Fate } from '../../model/fate.ts';
import type { ChangeCursor, ChangedRecord, FieldSearch, RecordSnapshot } from '../../model/record.ts';
import type { FoundRecord, RecordSystem } from '../../model/record-system.ts';
import type { Tie } from '../../model/tie.ts';
import type { RawFields } from '../../model/value.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';

/** What a created record is known by; its fields are those of the row. */
interface Invented {
  readonly type: string;
  readonly fields: RawFields;
  readonly at: number;
}

const keyOf = (type: string, id: string): string => `${type} ${id}`;
const valueKey = (type: string, field: string, value: string): string =>
  `${type} ${field} ${value.toLowerCase()}`;

/**
 * A record system whose reads are real and whose writes go nowhere: they land in memory, and later reads show them, so that the engine
 * goes on as if they had been made. What the vendor itself would refuse is not known here. Memory grows with what was written.
 */
export class RehearsalSystem implements RecordSystem {
  readonly system: RecordSystem['system'];
  readonly batch: RecordSystem['batch'];
  /** Write calls that the vendor would have got. */
  writeCalls = 0;
  private readonly real: RecordSystem;
  private readonly nowMs: () => number;
  private readonly changed = new Map<string, RawFields>();
  private readonly invented = new Map<string, Invented>();
  private readonly inventedBy = new Map<string, Set<string>>();
  private number = 0;

  constructor(real: RecordSystem, nowMs: () => number) {
    this.real = real;
    this.nowMs = nowMs;
    this.system = real.system;
    this.batch = real.batch;
  }

  async readMany(type: string, ids: readonly string[], fields: readonly string[], context: CallContext) {
    const own = ids.filter((id) => this.invented.has(keyOf(type, id)));
    const others = ids.filter((id) => !this.invented.has(keyOf(type, id)));
    const read = others.length === 0 ? [] : await this.real.readMany(type, others, fields, context);
    const found = new Map<string, RecordSnapshot>();
    for (const [id, record] of read) found.set(id, this.overlaid(record));
    for (const id of own) {
      const record = this.inventedRecord(type, id, fields);
      if (record) found.set(id, record);
    }
    return found;
  }

  async findByField(
    type: string,
    field: string,
    values: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]> {
    const found = await this.real.findByField(type, field, values, fields, context);
    return [...this.overlaidFinds(found), ...this.inventedFinds({ type, field, fields }, values)];
  }

  async findAcross(
    searches: readonly FieldSearch[],
    values: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]> {
    const { real } = this;
    const pages = real.findAcross
      ? [await real.findAcross(searches, values, context)]
      : await Promise.all(
          searches.map(({ type, field, fields }) => real.findByField(type, field, values, fields, context)),
        );
    return [
      ...this.overlaidFinds(pages.flat()),
      ...searches.flatMap((search) => this.inventedFinds(search, values)),
    ];
  }

  /** A domain is found wherever it stands in an address; what was made up here holds it as it was written. */
  async findByDomain(
    type: string,
    field: string,
    domains: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]> {
    const { real } = this;
    const found = real.findByDomain
      ? await real.findByDomain(type, field, domains, fields, context)
      : await real.findByField(type, field, domains, fields, context);
    return [...this.overlaidFinds(found), ...this.inventedFinds({ type, field, fields }, domains)];
  }

  async writeMany(type: string, rows: readonly WriteRow[]): Promise<readonly WriteOutcome[]> {
    this.writeCalls += Math.ceil(rows.length / this.batch.write);
    return rows.map((row) =>
      row.op === 'update' ? this.update(type, row.id, row.fields) : this.create(type, row),
    );
  }

  async *changesSince(
    type: string,
    cursor: ChangeCursor,
    overlapMs: number,
    fields: readonly string[],
    context: CallContext,
  ) {
    for await (const page of this.real.changesSince(type, cursor, overlapMs, fields, context)) {
      yield { ...page, records: page.records.map((record) => this.overlaid(record)) };
    }
  }

  async listPage(type: string, after: string | null, fields: readonly string[], context: CallContext) {
    const page = await this.real.listPage(type, after, fields, context);
    return { ...page, records: page.records.map((record) => this.overlaid(record)) };
  }

  /** Records that it made up are alive; of the others the real system tells. */
  async fates(
    type: string,
    ids: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, Fate>> {
    const others = ids.filter((id) => !this.invented.has(keyOf(type, id)));
    const told = others.length === 0 ? new Map<string, Fate>() : await this.real.fates(type, others, context);
    return new Map(ids.map((id): [string, Fate] => [id, told.get(id) ?? { kind: 'alive' }]));
  }

  /** Records that it made up are tied to nobody; what is written of ties is remembered by who asks for it (sync/tie-system.ts). */
  async readTies(...[type, ids, toType, context]: Parameters<NonNullable<RecordSystem['readTies']>>) {
    const others = ids.filter((id) => !this.invented.has(keyOf(type, id)));
    if (others.length === 0 || !this.real.readTies) return new Map<string, readonly Tie[]>();
    return this.real.readTies(type, others, toType, context);
  }

  history(...request: Parameters<RecordSystem['history']>): ReturnType<RecordSystem['history']> {
    return this.real.history(...request);
  }

  now(context: CallContext): Promise<number> {
    return this.real.now(context);
  }

  private overlaidFinds(found: readonly FoundRecord[]): readonly FoundRecord[] {
    return found.map((each) => ({ ...each, record: this.overlaid(each.record) }));
  }

  private inventedFinds(
    { type, field, fields }: FieldSearch,
    values: readonly string[],
  ): readonly FoundRecord[] {
    const wanted = [...new Set(values.map((value) => value.toLowerCase()))];
    return wanted.flatMap((value) =>
      [...(this.inventedBy.get(valueKey(type, field, value)) ?? [])].flatMap((id) => {
        const record = this.inventedRecord(type, id, fields);
        return record ? [{ record, matched: [value] }] : [];
      }),
    );
  }

  private overlaid<Record extends ChangedRecord>(record: Record): Record {
    const own = this.changed.get(keyOf(record.ref.type, record.ref.id));
    if (own === undefined) return record;
    const asked = Object.entries(own).filter(([name]) => Object.hasOwn(record.fields, name));
    return { ...record, fields: { ...record.fields, ...Object.fromEntries(asked) } };
  }

  private inventedRecord(type: string, id: string, fields: readonly string[]): RecordSnapshot | null {
    const record = this.invented.get(keyOf(type, id));
    if (record === undefined) return null;
    const values = { ...record.fields, ...this.changed.get(keyOf(type, id)) };
    return {
      ref: { system: this.system, type, id },
      fields: Object.fromEntries(fields.map((name) => [name, values[name] ?? null])),
      stamp: record.at,
      createdAt: record.at,
      deleted: false,
      lastModifiedByUs: true,
      readAt: this.nowMs(),
    };
  }

  private update(type: string, id: string, fields: RawFields): WriteOutcome {
    const key = keyOf(type, id);
    this.changed.set(key, { ...this.changed.get(key), ...fields });
    return { kind: 'landed', id, created: false, stamp: null };
  }

  private create(type: string, row: Extract<WriteRow, { op: 'upsert' }>): WriteOutcome {
    this.number += 1;
    // Ids that no vendor gives: HubSpot's are numbers without leading zero, Salesforce's have 18 characters.
    const digits = String(this.number);
    const id = this.system === 'hubspot' ? `0${digits}` : `NEW${digits.padStart(15, '0')}`;
    const fields = { ...row.fields, [row.identityField]: row.identityValue };
    this.invented.set(keyOf(type, id), { type, fields, at: this.nowMs() });
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value !== 'string' || value === '') continue;
      const key = valueKey(type, name, value);
      this.inventedBy.set(key, (this.inventedBy.get(key) ?? new Set()).add(id));
    }
    return { kind: 'landed', id, created: true, stamp: null };
  }
}
