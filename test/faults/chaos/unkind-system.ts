import type { Failure } from '../../../src/model/failure.ts';
import type { RecordSnapshot } from '../../../src/model/record.ts';
import type { System } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import { randomOf } from '../../data/random.ts';
import { callFailure, type FakeClock, FakeSystem } from '../../sync/fake-system.ts';
import type { EditLog } from './edit-log.ts';

/** How far a change may be late in the listing of changes; the polls' overlap must be more than this. */
export const indexLagMs = 80;

/** How often something goes wrong, 0 to 1 each; all 0 in the quiet phase. */
export interface Unkindness {
  readonly row: number;
  readonly call: number;
  readonly stale: number;
  readonly lag: number;
}

export const quiet: Unkindness = { row: 0, call: 0, stale: 0, lag: 0 };

const faultsOfRow = ['cut-before', 'cut-after', 'late', 'locked', 'throttled'] as const;

/** A value with this in it is refused for good by the system named; with `!` the answer blames no field. */
export const refusedMark = 'REFUSE';

/** The vendor's rules on values that the engine has to live with: required fields, unique email, trimmed text. */
const emailField = { hubspot: 'email', salesforce: 'Email' } as const;
const requiredFields = { hubspot: [], salesforce: ['LastName', 'Company'] } as const;

/**
 * A record system that fails in every way that a vendor's does, decided by the seed and by what is asked of which record, so that
 * the order in which parallel calls arrive changes little. It notes who replaced whose value.
 */
export class UnkindSystem extends FakeSystem {
  unkindness: Unkindness = quiet;
  /** Persons who were created although somebody with their email was there. */
  readonly doubles: string[] = [];
  /** What a person does while a write call is under way. */
  onWriteRows: () => Promise<void> = async () => undefined;
  private readonly seed: number;
  private readonly log: EditLog;
  private readonly draws = new Map<string, number>();
  private late: WriteRow[] = [];
  private freshUntil = 0;

  constructor(system: System, clock: FakeClock, seed: number, log: EditLog) {
    super(system, clock);
    this.seed = seed;
    this.log = log;
  }

  private draw(key: string): ReturnType<typeof randomOf> {
    const n = (this.draws.get(key) ?? 0) + 1;
    this.draws.set(key, n);
    return randomOf(this.seed, this.system, key, n);
  }

  private failCall(key: string): void {
    const random = this.draw(`call ${key}`);
    if (!random.chance(this.unkindness.call)) return;
    throw callFailure(this.system, random.pick(['throttled', 'unavailable'] as const));
  }

  /** Minutes pass: requests that were under way when their answer was given up have landed, and reads show everything up to now. */
  timePasses(): void {
    const rows = this.late;
    this.late = [];
    for (const row of rows) this.land(row);
    this.freshUntil = this.clock.next();
  }

  private seen(snapshot: RecordSnapshot, back: number): RecordSnapshot {
    this.log.readById(this.system, snapshot.ref.id, back === 0);
    return snapshot;
  }

  override async readMany(type: string, ids: readonly string[], fields: readonly string[]) {
    this.failCall(`read ${ids[0]}`);
    return new Map(
      ids.flatMap((id) => {
        const isLate = (this.records.get(id)?.stamp ?? 0) > this.freshUntil;
        const back = isLate && this.draw(`stale ${id}`).chance(this.unkindness.stale) ? 1 : 0;
        const found = type === this.type ? this.snapshot(id, fields, back) : null;
        return found ? [[id, this.seen(found, back)] as const] : [];
      }),
    );
  }

  override async findByField(
    type: string,
    field: string,
    values: readonly string[],
    fields: readonly string[],
  ) {
    this.failCall(`find ${values[0]}`);
    const found = await super.findByField(type, field, values, fields);
    for (const { record } of found) this.seen(record, 0);
    return found;
  }

  override async listPage(type: string, after: string | null, fields: readonly string[]) {
    this.failCall(`list ${after}`);
    return super.listPage(type, after, fields);
  }

  override async *changesSince(
    type: string,
    cursor: { stamp: number; id: string },
    overlapMs: number,
    fields: readonly string[],
  ) {
    this.failCall('changes');
    const now = this.clock.next();
    for await (const page of super.changesSince(type, cursor, overlapMs, fields)) {
      const records = page.records.filter(
        ({ ref, stamp }) =>
          stamp < now - indexLagMs || !this.draw(`lag ${ref.id}`).chance(this.unkindness.lag),
      );
      const half = Math.ceil(records.length / 2);
      for (const part of [records.slice(0, half), records.slice(half)]) {
        const last = part.at(-1);
        for (const { ref } of part) this.log.polled(this.system, ref.id);
        yield { records: part, cursor: last ? { stamp: last.stamp, id: last.ref.id } : cursor };
      }
    }
  }

  override async writeMany(_type: string, rows: readonly WriteRow[]): Promise<readonly WriteOutcome[]> {
    await this.onWriteRows();
    return rows.map((row) => this.writeRow(row));
  }

  private writeRow(row: WriteRow): WriteOutcome {
    const random = this.draw(`row ${row.op} ${row.op === 'update' ? row.id : row.identityValue}`);
    const fault = random.chance(this.unkindness.row) ? random.pick(faultsOfRow) : null;
    switch (fault) {
      case null:
        return this.land(row);
      case 'cut-before':
        return { kind: 'unknown', cause: 'cut' };
      case 'cut-after':
        this.land(row);
        return { kind: 'unknown', cause: 'cut' };
      case 'late':
        this.late.push(row);
        return { kind: 'unknown', cause: 'time-out' };
      case 'locked':
      case 'throttled':
        return { kind: 'refused', failure: this.failure(fault, fault.toUpperCase(), []) };
    }
  }

  private failure(category: Failure['category'], code: string, fields: readonly string[]): Failure {
    return { category, system: this.system, code, message: 'staged', fields };
  }

  private land(row: WriteRow): WriteOutcome {
    const failure = this.refusalOf(row);
    if (failure) return { kind: 'refused', failure };
    if (row.op === 'update') this.log.overwritten(this.system, row.id, row.fields);
    else this.noteCreate(row);
    return this.execute({ ...row, fields: this.kept(row.fields) });
  }

  /** Trims what it keeps, and HubSpot writes emails in lower case. */
  private kept(fields: WriteRow['fields']): Record<string, RawValue> {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        const text = typeof value === 'string' ? value.trim() : value;
        const isEmail = name === emailField[this.system] && typeof text === 'string';
        return [name, isEmail ? text.toLowerCase() : text];
      }),
    );
  }

  private refusalOf(row: WriteRow): Failure | null {
    const target = row.op === 'update' ? this.records.get(row.id) : undefined;
    if (row.op === 'update' && (!target || target.deleted)) {
      return this.failure('identity', 'ENTITY_IS_DELETED', []);
    }
    const refused = Object.entries(row.fields).filter(
      ([, value]) => typeof value === 'string' && value.includes(refusedMark),
    );
    if (refused.length > 0) {
      const isMute = refused.some(([, value]) => String(value).includes('!'));
      return this.failure('value', 'STAGED_REFUSAL', isMute ? [] : refused.map(([name]) => name));
    }
    const missing = requiredFields[this.system].filter((name) => {
      const value = row.fields[name];
      return row.op === 'update' ? value === null || value === '' : !value;
    });
    if (missing.length > 0) return this.failure('value', 'REQUIRED_FIELD_MISSING', missing);
    return this.duplicateOf(row);
  }

  private duplicateOf(row: WriteRow): Failure | null {
    const email = row.fields[emailField[this.system]];
    if (this.system !== 'hubspot' || typeof email !== 'string' || email === '') return null;
    const own = row.op === 'update' ? row.id : this.liveIdBy(row.identityField, row.identityValue);
    const holder = this.liveIdBy('email', email);
    return holder === null || holder === own ? null : this.failure('identity', 'CONFLICT', ['email']);
  }

  /** The live record with this value, in any case. */
  liveIdBy(field: string, value: string): string | null {
    for (const [id, record] of this.records) {
      if (!record.deleted && String(record.fields[field] ?? '').toLowerCase() === value.toLowerCase())
        return id;
    }
    return null;
  }

  private noteCreate(row: Extract<WriteRow, { op: 'upsert' }>): void {
    const email = row.fields[emailField[this.system]];
    if (typeof email !== 'string') return;
    const holder = this.liveIdBy(emailField[this.system], email);
    if (holder === null || this.records.get(holder)?.fields[row.identityField] === row.identityValue) return;
    this.doubles.push(`${this.system}: an upsert for ${row.identityValue} although ${holder} has its email`);
  }

  /** A deleted record is not found by an upsert; see execute of FakeSystem. */
  protected override execute(row: WriteRow): WriteOutcome {
    if (row.op === 'upsert') {
      for (const record of this.records.values()) {
        if (record.deleted && record.fields[row.identityField] === row.identityValue) {
          record.fields[row.identityField] = `deleted:${row.identityValue}`;
        }
      }
    }
    return super.execute(row);
  }
}
