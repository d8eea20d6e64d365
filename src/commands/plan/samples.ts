import type { PairMapping } from '../../model/mapping.ts';
import type { NewIntent } from '../../model/state.ts';
import { formatRef, type RecordRef, type System } from '../../model/system.ts';
import type { RawValue } from '../../model/value.ts';
import type { EngineStore } from '../../sync/ports.ts';

/** One value that would be written, in the contract's words. */
export interface Sample {
  readonly object: string;
  readonly system: System;
  readonly record: string;
  readonly email: string | null;
  readonly field: string;
  readonly from: RawValue;
  readonly to: RawValue;
  readonly rule: string;
}

/** So many of each rule, object and side; enough to judge by, few enough to read. */
const perGroup = 5;
const samplesMax = 100;

interface Taken {
  readonly sample: Omit<Sample, 'email'>;
  readonly source: RecordRef;
  readonly email: string | null;
}

/** Keeps some of the writes of a rehearsal, a few of every rule. */
export class Samples {
  private readonly pairs: ReadonlyMap<string, PairMapping>;
  private readonly taken: Taken[] = [];
  private readonly counts = new Map<string, number>();

  constructor(pairs: readonly PairMapping[]) {
    this.pairs = new Map(pairs.map((pair) => [pair.name, pair]));
  }

  take(intent: NewIntent): void {
    for (const write of intent.writes) {
      if (write.field === 'identity') continue;
      const group = `${intent.pair} ${intent.target.system} ${intent.op} ${write.rule}`;
      const count = this.counts.get(group) ?? 0;
      if (count >= perGroup || this.taken.length >= samplesMax) continue;
      this.counts.set(group, count + 1);
      const { source, target } = intent;
      this.taken.push({
        source,
        email: this.emailIn(intent),
        sample: {
          object: intent.pair,
          system: target.system,
          record: formatRef(target.id === '' ? source : target),
          field: write.field,
          from: write.replaced,
          to: write.sent,
          rule: write.rule,
        },
      });
    }
  }

  /** The samples with the email of the record each belongs to, where it has one. */
  async finish(store: Pick<EngineStore, 'linksOf'>): Promise<readonly Sample[]> {
    const samples: Sample[] = [];
    for (const { sample, source, email } of this.taken) {
      const field = this.emailField(sample.object);
      const links =
        email === null && field !== null
          ? await store.linksOf(sample.object, source.system, [source.id])
          : null;
      const known = field === null ? undefined : links?.get(source.id)?.base[field]?.[source.system];
      samples.push({ ...sample, email: email ?? (typeof known === 'string' ? known : null) });
    }
    return samples;
  }

  private emailField(name: string): string | null {
    const pair = this.pairs.get(name);
    const rule = pair?.match.find(({ kind }) => kind === 'email');
    return pair?.fields.find(({ fields }) => fields.hubspot === rule?.fields.hubspot)?.name ?? null;
  }

  private emailIn(intent: NewIntent): string | null {
    const name = this.emailField(intent.pair);
    const sent = intent.writes.find(({ field }) => field === name)?.sent;
    return typeof sent === 'string' ? sent : null;
  }
}
