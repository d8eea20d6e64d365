import type { CallContext, WorkClass } from '../../model/budget.ts';
import type { PairMapping } from '../../model/mapping.ts';
import type { Catalogue } from '../content/model.ts';
import type { ShownField } from '../own-fields/pointed.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { ScoringModel } from '../scoring/model.ts';
import type { SlaModel } from '../sla/model.ts';
import type { Staff } from '../staff/staff.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type {
  EngagementSource,
  EngineLookup,
  JoinCampaigns,
  JoinProgram,
  LeavePrograms,
  LifecycleStore,
  MailOwner,
  ReadPrograms,
  Systems,
  TellOwner,
} from './ports.ts';

/** The files of the lifecycle, checked and compiled; all but the catalogue have to be there for it to run. */
export interface LifecycleModels {
  readonly lifecycle: LifecycleDefinition;
  readonly scoring: ScoringModel;
  readonly routing: RoutingModel;
  readonly sla: SlaModel;
  /** Absent: nothing is recommended. */
  readonly content?: Catalogue;
}

/** What happens, told by name, with counts and ids and never with values. */
export interface LifecycleEvents {
  emit(event: string, detail: Readonly<Record<string, string | number | boolean | null>>): void;
}

/** Everything that the lifecycle works with. */
export interface LifecycleContext {
  /** The pair whose records are people. */
  readonly pair: PairMapping;
  readonly models: LifecycleModels;
  readonly store: LifecycleStore;
  readonly engine: EngineLookup;
  readonly systems: Systems;
  /** The pair of companies, of which texts for reps tell; absent: none is mapped, or they may not be seen. */
  readonly companies?: PairMapping;
  /** Fields that are read, by object: those that looks and passes need and the object has. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Fields that the integration can write, by object. */
  readonly writable: ReadonlyMap<string, ReadonlySet<string>>;
  /** The fields that stand for Tandem's own as people see them, by `Lead.Tandem_Reason__c`. Absent: there are none. */
  readonly shownFields?: ReadonlyMap<string, ShownField>;
  /** Everybody of sales, as of some minutes; `fresh`: as of now, since somebody is known to be otherwise. */
  readonly staff: (fresh?: true) => Promise<Staff>;
  readonly joinProgram: JoinProgram;
  readonly leavePrograms: LeavePrograms;
  readonly programsOf: ReadPrograms;
  /** Absent: nobody becomes a member of a campaign. */
  readonly joinCampaigns?: JoinCampaigns;
  /** Absent: what the contact sums up is all that is told. */
  readonly engagement?: EngagementSource;
  /** Absent where nothing is configured. */
  readonly tell?: TellOwner;
  /** Absent where no mail server is configured. */
  readonly mail?: MailOwner;
  /** Where people open a record of Salesforce. Absent: messages have no link. */
  readonly recordUrl?: (id: string) => string;
  readonly wake: (pair: string) => void;
  readonly events: LifecycleEvents;
  /** Content is paused: none is recommended, and what records show of it stays as it is. */
  readonly contentPaused?: true;
  readonly makeId: () => string;
  readonly signal: AbortSignal;
  /** The class of the round that is under way; absent: `live`. */
  readonly workClass?: WorkClass;
}

/** A hand-off goes before all other work, for somebody waits for it; what a listing told of goes after. */
export const callFor = (context: LifecycleContext, purpose: CallContext['purpose']): CallContext => ({
  class: context.workClass ?? 'live',
  purpose,
  signal: context.signal,
});
