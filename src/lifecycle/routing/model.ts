import type { Expression } from '../../mapping/expression.ts';
import type { Calendar, Span } from '../calendar/calendar.ts';

export const routers = ['tandem', 'salesforce-assignment-rules', 'external'] as const;
export type Router = (typeof routers)[number];

/** Whom a rule gives a lead to: one owner by Salesforce id, or a pool by name. */
export type RouteTarget =
  | { readonly kind: 'owner'; readonly id: string }
  | { readonly kind: 'pool'; readonly name: string };

export const ruleKinds = ['named-account', 'territory', 'segment'] as const;
export type RuleKind = (typeof ruleKinds)[number];

export interface RouteRule {
  readonly kind: RuleKind;
  readonly name: string;
  readonly when: Expression;
  readonly to: RouteTarget;
}

export interface PoolMember {
  readonly owner: string;
  /** Share of the leads, against the other members. */
  readonly weight: number;
  /** The most new leads in a day of theirs, and the most open ones at once; infinite where nothing is said. */
  readonly perDayMax: number;
  readonly openMax: number;
}

export interface Pool {
  readonly name: string;
  readonly members: readonly PoolMember[];
  /** `open`: only whoever works now, as long as anybody does; `any`: whoever's turn it is. */
  readonly hours: 'open' | 'any';
}

/** routing.yaml, checked and compiled. */
export interface RoutingModel {
  readonly version: string;
  readonly by: Router;
  readonly keepsExistingOwner: boolean;
  readonly prefersAccountOwner: boolean;
  /** In order: the first that holds and can give the lead to somebody. */
  readonly rules: readonly RouteRule[];
  readonly pools: ReadonlyMap<string, Pool>;
  /** The pool for everybody whom no rule takes; null: the fallback queue at once. */
  readonly otherwise: string | null;
  /** SDRs first, where configured. */
  readonly sdr: { readonly pool: string; readonly when: Expression | null } | null;
  /** Id of the Salesforce queue for those whom nobody can take. */
  readonly fallbackQueue: string;
  /** Another rep so often in a turn; then the fallback queue. */
  readonly reroutesMax: number;
}

/** Whoever can own a lead, as the directory has them now. */
export interface Rep {
  readonly id: string;
  readonly active: boolean;
  readonly calendar: Calendar;
  readonly absences: readonly Span[];
  /** Leads of theirs that are open now. */
  readonly openLeads: number;
}

export interface Directory {
  readonly reps: ReadonlyMap<string, Rep>;
  /** By id: the objects that each queue can own; null: any. */
  readonly queues: ReadonlyMap<string, readonly string[] | null>;
}

/** What a pool remembers of one member: their credit in the turns, and what they got on which day of theirs. */
export interface MemberState {
  readonly credit: number;
  readonly day: string;
  readonly today: number;
}

/** By pool, by member. Whoever stores it must refuse a write over a version that was not read. */
export type RoutingState = Readonly<Record<string, Readonly<Record<string, MemberState>>>>;

/** The lead that needs an owner. */
export interface RouteRequest {
  /** `Lead` or `Contact`: no queue can own a contact, and no assignment rule takes one. */
  readonly record: string;
  readonly names: Readonly<Record<string, unknown>>;
  readonly purpose: 'hand-off' | 'hand-on' | 're-route' | 'account-owner';
  /** The owner now, and who set them; `person` counts for good, `system` is an automation of the company's or of Salesforce's. */
  readonly owner: { readonly id: string; readonly by: 'person' | 'tandem' | 'system' } | null;
  readonly accountOwner: string | null;
  /** The rep who asked to have them back on a date. */
  readonly sameRep: string | null;
  /** Who gave them away in this turn already. */
  readonly refusedBy: ReadonlySet<string>;
  readonly reroutes: number;
  /** With another router: who had the lead when the waiting for its choice began, and since when; absent: it has just begun. */
  readonly waited?: { readonly before: string | null; readonly since: number };
}

/** How long another router may take before the fallback queue has the lead: routers choose within a minute or never. */
export const otherRouterMaxMs = 15 * 60_000;

/** The names that a rule may use. */
export const routeNames = ['contact', 'lead', 'account', 'email', 'score', 'fit', 'engagement'] as const;
