import { asSeen } from '../../src/compose.ts';
import { makeRoleCodecs } from '../../src/mapping/codecs/contact-roles.ts';
import { KnownReferences } from '../../src/mapping/known-references.ts';
import { tieTable } from '../../src/mapping/role-rules.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { Fate } from '../../src/model/fate.ts';
import type { FieldMapping, PairMapping } from '../../src/model/mapping.ts';
import type { Link } from '../../src/model/state.ts';
import type { RecordRef, Sides, System } from '../../src/model/system.ts';
import type { Tie, TieChange, TieOutcome } from '../../src/model/tie.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { workOnce } from '../../src/sync/work.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { makeField, makePair } from './builders.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const types: Sides<string> = { hubspot: 'deals', salesforce: 'Opportunity' };
const people: Sides<string> = { hubspot: 'contacts', salesforce: 'Contact' };
const ties = {
  of: 'people',
  types: people,
  records: 'OpportunityContactRole',
  roles: { 'Decision maker': 'Decision Maker', Budget: 'Economic Buyer' },
  primary: 'Primary',
};

/** Deals or opportunities in memory, with who is tied to them. */
export class DealSystem extends FakeSystem {
  protected override readonly type: string;
  /** Labels by deal and person. */
  readonly tied = new Map<string, Map<string, Set<string>>>();
  /** Whoever is not here is alive. */
  readonly fatesOf = new Map<string, Fate>();
  /** Asked for each change of a tie before it is made. */
  tieFault: (change: TieChange) => Failure | 'cut-before' | 'cut-after' | null = () => null;
  /** Called when ties are about to be written. */
  onTies: () => void = () => undefined;
  readonly changes: TieChange[] = [];

  constructor(system: System, clock: FakeClock) {
    super(system, clock);
    this.type = types[system];
  }

  of(deal: string): Map<string, Set<string>> {
    const own = this.tied.get(deal) ?? new Map<string, Set<string>>();
    this.tied.set(deal, own);
    return own;
  }

  /** A colleague ties somebody to a deal with just these labels; `*` is the primary mark. */
  tie(deal: string, person: string, ...labels: readonly string[]): void {
    this.of(deal).set(person, new Set(labels));
  }

  untie(deal: string, person: string): void {
    this.of(deal).delete(person);
  }

  /** Who is tied to a deal, with what, in an order of its own. */
  shown(deal: string): readonly string[] {
    return [...this.of(deal)]
      .map(([id, labels]) => [id, ...[...labels].sort()].join(' '))
      .sort((a, b) => (a < b ? -1 : 1));
  }

  async readTies(
    type: string,
    ids: readonly string[],
    toType: string,
  ): Promise<ReadonlyMap<string, readonly Tie[]>> {
    const { system } = this;
    return new Map(
      ids.map((id): [string, readonly Tie[]] => [
        id,
        [...this.of(id)].map(([to, labels]) => ({
          from: { system, type, id },
          to: { system, type: toType, id: to },
          labels: [...labels].filter((label) => label !== '*'),
          primary: labels.has('*'),
        })),
      ]),
    );
  }

  async writeTies(changes: readonly TieChange[]): Promise<readonly TieOutcome[]> {
    this.onTies();
    return changes.map((change): TieOutcome => {
      this.changes.push(change);
      const fault = this.tieFault(change);
      if (fault !== null && typeof fault === 'object') return { kind: 'refused', failure: fault };
      if (fault !== 'cut-before') this.make(change);
      return fault === null ? { kind: 'landed' } : { kind: 'unknown', cause: 'cut' };
    });
  }

  private make(change: TieChange): void {
    const own = this.of(change.from.id);
    if (change.op === 'untie') {
      own.delete(change.to.id);
      return;
    }
    if (change.op === 'tie') throw new Error('contact roles are relabelled');
    const labels = own.get(change.to.id) ?? new Set<string>();
    for (const label of change.remove) labels.delete(label);
    for (const label of change.add) labels.add(label);
    if (change.primary === true) labels.add('*');
    if (change.primary === false) labels.delete('*');
    own.set(change.to.id, labels);
  }

  override async fates(type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Fate>> {
    if (type === this.type) return super.fates(type, ids);
    return new Map(ids.map((id): [string, Fate] => [id, this.fatesOf.get(id) ?? { kind: 'alive' }]));
  }
}

/** One linked deal between two fakes, its people, and the engine on a store in memory. */
export const makeDealStage = () => {
  let now = 1_800_000_000_000;
  const clock = new FakeClock();
  const known = new KnownReferences();
  const store = new MemoryStore(
    () => now,
    (unit, error) => {
      throw new Error(unit, { cause: error });
    },
  );
  const hubspot = new DealSystem('hubspot', clock);
  const salesforce = new DealSystem('salesforce', clock);
  const role: FieldMapping = makeField({
    name: 'contactRoles',
    fields: { hubspot: 'contactRoles', salesforce: 'OpportunityContactRoles' },
    codecs: makeRoleCodecs(ties, known.table(tieTable(ties))),
    kind: 'contact-roles',
    conflict: 'union',
    first: 'union',
    ties,
  });
  const name = makeField({ name: 'dealname', fields: { hubspot: 'dealname', salesforce: 'Name' } });
  const pair: PairMapping = {
    ...makePair([name, role]),
    name: 'deals',
    types,
    match: [],
    create: { hubspot: 'always', salesforce: 'always' },
  };
  const peoplePair: PairMapping = {
    ...makePair(),
    conversion: { flag: 'IsConverted', form: { ...makePair(), types: people } },
  };
  const parts = { pair, pairs: [peoplePair, pair], known, store };
  const context: EngineContext = {
    pair,
    mappingHash: 'hash',
    store,
    systems: { hubspot: asSeen(hubspot, parts), salesforce: asSeen(salesforce, parts) },
    gates: { hubspot: freely, salesforce: freely },
    wake: { wake: () => undefined },
    events: { emit: () => undefined },
    holder: 'worker-1',
    timing: { ...engineTiming, intentDeadlineMs: 1_000 },
    nowMs: Date.now,
    makeId: makeIntentId,
    signal: new AbortController().signal,
  };
  const link = (of: string, ids: Sides<string>, own: Sides<string>): Link => {
    const made: Link = {
      ...{ id: `${of}-${ids.hubspot}`, pair: of, ids, types: own, version: 1, base: {}, ended: null },
      stamps: { hubspot: 0, salesforce: 0 },
    };
    store.state.links.set(made.id, made);
    return made;
  };
  const deal = hubspot.edit({ dealname: 'Big one', tandem_salesforce_id: null });
  const opportunity = salesforce.edit({ Name: 'Big one', HubSpot_Id__c: deal });
  hubspot.edit({ tandem_salesforce_id: opportunity }, deal);
  const dealLink = link('deals', { hubspot: deal, salesforce: opportunity }, types);
  /** Somebody who is a contact in both systems, or whose HubSpot contact is a lead. */
  const person = (ids: Sides<string>, salesforceType = people.salesforce): Link =>
    link('people', ids, { hubspot: people.hubspot, salesforce: salesforceType });
  const look = async (system: System = 'hubspot'): Promise<void> => {
    const ref: RecordRef = {
      system,
      type: types[system],
      id: { hubspot: deal, salesforce: opportunity }[system],
    };
    await store.commitSignals([{ pair: 'deals', ref, class: 'live', stamp: null, cause: 'test' }]);
    // As many looks as a unit takes that comes to rest; what waits for a time gets it.
    for (let round = 0; round < 12; round += 1) {
      await workOnce(context, 'live');
      const { dirty, openIntents } = await store.backlog('deals');
      if (dirty + openIntents === 0) return;
      now += 200_000;
    }
  };
  const backlog = async () => store.backlog('deals');
  const parked = async () =>
    (await store.parkedOf('deals', [`link:${dealLink.id}`])).get(`link:${dealLink.id}`) ?? [];
  return { hubspot, salesforce, store, context, parts, deal, opportunity, person, look, backlog, parked };
};
