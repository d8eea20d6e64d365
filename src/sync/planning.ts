import type { FieldMapping } from '../model/mapping.ts';
import type { Base, BaseEntry, FieldWrite, Parked } from '../model/state.ts';
import { otherSystem, type Sides, type System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { digestOf } from './digest.ts';
import type { FieldDecision, FieldFlow, StopReason } from './flow.ts';
import { type FieldState, fieldsEqual, mayFlowTo, viewOf } from './merge.ts';
import { sameRaw } from './merge-view.ts';
import { standing } from './standing.ts';

/** A value that is not sent: it stays where it is, and beside what the target has. */
export interface Withheld {
  readonly field: FieldMapping;
  readonly target: System;
  readonly sent: RawValue;
  /** What the target holds. */
  readonly there: RawValue;
  readonly rule: string;
}

/** What a look at a link asks for. */
export interface LinkedPlan {
  /** Fields whose base becomes what was read, without a write. */
  readonly settled: Base;
  readonly writes: Sides<readonly FieldWrite[]>;
  /** Values that the codec cannot read, or rules that hold a difference. */
  readonly held: readonly { readonly field: string; readonly rule: string }[];
  /** Values of a lower source where a higher one's stands. */
  readonly beside: readonly Withheld[];
  /** Values that the target does not keep; `rule` says how. */
  readonly stopped: readonly (Withheld & { readonly rule: StopReason })[];
  /** Parked rows that still stand: the same refused value would be sent again. */
  readonly stillParked: readonly Parked[];
  /** Fields that a vendor's history could decide otherwise: read it and plan again. */
  readonly needsHistory: readonly { readonly system: System; readonly field: string }[];
}

const writeFor = (field: FieldMapping, flow: FieldFlow, values: FieldState['values']): FieldWrite => {
  const replaced = values[flow.target] ?? null;
  return {
    field: field.name,
    apiField: field.fields[flow.target],
    sent: flow.sent,
    replaced,
    source: values[otherSystem(flow.target)] ?? null,
    rule: flow.rule,
    clock: flow.clock,
    lost: flow.overwrites ? replaced : null,
    ...(flow.flips ? { flips: flow.flips } : {}),
  };
};

/** As both sides stand, with what is remembered of our last write: where somebody has changed its target since, not of its read. */
const settledAs = (field: FieldMapping, present: Sides<RawValue>, base: FieldState['base']): BaseEntry => {
  if (!base?.wrote) return present;
  const { read, ...wrote } = base.wrote;
  const isOurs = sameRaw(field, wrote.to, present[wrote.to], base[wrote.to]);
  return { ...present, wrote: read && isOurs ? { ...wrote, read } : wrote };
};

/** The plan of a link that is being put together, field by field. */
export class Planning {
  readonly settled: Record<string, BaseEntry> = {};
  readonly writes: { hubspot: FieldWrite[]; salesforce: FieldWrite[] } = { hubspot: [], salesforce: [] };
  readonly held: { field: string; rule: string }[] = [];
  readonly beside: Withheld[] = [];
  readonly stopped: (Withheld & { rule: StopReason })[] = [];
  readonly stillParked: Parked[] = [];
  readonly needsHistory: { system: System; field: string }[] = [];
  private readonly mappingHash: string;
  private readonly parked: readonly Parked[];

  constructor(mappingHash: string, parked: readonly Parked[]) {
    this.mappingHash = mappingHash;
    this.parked = parked;
  }

  take(field: FieldMapping, state: FieldState, decision: FieldDecision): void {
    const { values, base } = state;
    const present = { hubspot: values.hubspot ?? null, salesforce: values.salesforce ?? null };
    switch (decision.kind) {
      case 'skip':
        return;
      case 'same':
        this.takeStanding(field, values);
        return;
      case 'settle':
        this.settled[field.name] = settledAs(field, present, base);
        return;
      case 'hold':
        this.held.push({ field: field.name, rule: decision.rule });
        return;
      case 'flow':
        this.takeFlows(field, values, decision);
        return;
      case 'beside': {
        const { target, sent, rule } = decision;
        this.beside.push({ field, target, sent, there: present[target], rule });
        return;
      }
      case 'stop': {
        const { target, sent, why } = decision;
        this.stopped.push({ field, target, sent, there: present[target], rule: why });
        // Settled as both stand, so that neither is taken for a change; a flapping field stays known as such.
        this.settled[field.name] = why === 'flapping' ? settledAs(field, present, base) : present;
        return;
      }
    }
  }

  private takeFlows(
    field: FieldMapping,
    values: FieldState['values'],
    { flows, needsHistory }: Extract<FieldDecision, { kind: 'flow' }>,
  ): void {
    for (const flow of flows) this.writes[flow.target].push(writeFor(field, flow, values));
    // What would not be sent anyway, because it is parked, is not worth a question.
    const isParked = flows.every(({ target, sent }) =>
      this.parked.some(
        (row) =>
          row.system === target &&
          row.field === field.name &&
          row.refused === digestOf(this.mappingHash, { [field.fields[target]]: sent }),
      ),
    );
    if (!isParked) for (const system of needsHistory) this.needsHistory.push({ system, field: field.name });
  }

  /** A difference that was settled since the other side does not keep the value: it stands until the value or a person changes it. */
  private takeStanding(field: FieldMapping, values: FieldState['values']): void {
    for (const row of standing(this.parked, field.name)) {
      const value = viewOf(field, otherSystem(row.system), values[otherSystem(row.system)] ?? null);
      if (value.kind === 'foreign' || fieldsEqual(field, values) !== false) continue;
      const sent = field.codecs[row.system].encode(value);
      if (row.refused === digestOf(this.mappingHash, { [field.fields[row.system]]: sent })) {
        this.stillParked.push(row);
      } else if (mayFlowTo(field, row.system)) {
        const flow = { target: row.system, sent, rule: 'retry', clock: null, overwrites: false };
        this.writes[row.system].push(writeFor(field, flow, values));
      }
    }
  }
}
