import { isAbsent, type Obstacle, standingObstacle } from './availability.ts';
import {
  type Directory,
  otherRouterMaxMs,
  type RouteRequest,
  type RouteTarget,
  type RoutingModel,
  type RoutingState,
} from './model.ts';
import { nextTurn } from './round-robin.ts';

/** One step of the way to an owner, in words that a person can check. */
export interface RouteLine {
  /** `existing owner`, `same rep`, `account owner`, `other router`, `assignment rules`, `sdr`, the rule's kind, `otherwise`, `fallback`. */
  readonly step: string;
  /** Name of the rule or pool, where there is one. */
  readonly name: string | null;
  readonly owner: string | null;
  /** `cannot-own`: a queue that owns no records of this object. */
  readonly outcome: 'taken' | 'kept' | 'does-not-hold' | 'nobody' | 'cannot-own' | Obstacle;
}

export type RouteDecision =
  | { readonly kind: 'owner'; readonly id: string; readonly stage: 'rep' | 'sdr'; readonly kept: boolean }
  | { readonly kind: 'queue'; readonly id: string }
  /** Salesforce's own rules choose: the write asks for them. Where they choose nobody, the fallback queue takes the place of this decision. */
  | { readonly kind: 'assignment-rules' }
  /** Somebody else's router chooses: whoever carries it out waits, and asks again. */
  | { readonly kind: 'external' }
  /** Not even the fallback queue is there: the lead waits in Tandem, and `status` says so. */
  | { readonly kind: 'held' };

export interface Routed {
  readonly decision: RouteDecision;
  readonly lines: readonly RouteLine[];
  readonly state: RoutingState;
}

/** Where those go whom nobody can take: the fallback queue, or nowhere while there is none that can own such a record. */
export const fallbackOf = (
  { fallbackQueue }: Pick<RoutingModel, 'fallbackQueue'>,
  queues: Directory['queues'],
  record: string,
): { readonly decision: RouteDecision; readonly line: RouteLine } => {
  const owns = queues.get(fallbackQueue);
  const refused = owns === undefined ? 'not-there' : (owns?.includes(record) ?? true) ? null : 'cannot-own';
  return {
    decision: refused === null ? { kind: 'queue', id: fallbackQueue } : { kind: 'held' },
    line: { step: 'fallback', name: null, owner: fallbackQueue, outcome: refused ?? 'taken' },
  };
};

class Search {
  readonly lines: RouteLine[] = [];
  state: RoutingState;
  readonly #request: RouteRequest;
  readonly #model: RoutingModel;
  readonly #directory: Directory;
  readonly #now: number;

  constructor(
    request: RouteRequest,
    model: RoutingModel,
    directory: Directory,
    state: RoutingState,
    now: number,
  ) {
    this.#request = request;
    this.#model = model;
    this.#directory = directory;
    this.state = state;
    this.#now = now;
  }

  note(step: string, name: string | null, owner: string | null, outcome: RouteLine['outcome']): void {
    this.lines.push({ step, name, owner, outcome });
  }

  /** A particular rep: takes it unless gone or away; whoever is only out of hours takes it, and the clock waits for the morning. */
  rep(step: string, name: string | null, id: string, outcome: 'taken' | 'kept' = 'taken'): string | null {
    const rep = standingObstacle(this.#directory, id, this.#request.refusedBy);
    if (typeof rep === 'string') this.note(step, name, id, rep);
    else if (isAbsent(rep, this.#now) && outcome !== 'kept') this.note(step, name, id, 'absent');
    else {
      this.note(step, name, id, outcome);
      return id;
    }
    return null;
  }

  pool(step: string, name: string): string | null {
    const pool = this.#model.pools.get(name);
    if (pool === undefined) {
      this.note(step, name, null, 'not-there');
      return null;
    }
    const before = Object.hasOwn(this.state, name) ? (this.state[name] ?? {}) : {};
    const turn = nextTurn(pool, before, this.#directory, this.#request.refusedBy, this.#now);
    for (const { owner, why } of turn.passed) this.note(step, name, owner, why);
    this.note(step, name, turn.owner, turn.owner === null ? 'nobody' : 'taken');
    if (turn.owner !== null) this.state = { ...this.state, [name]: turn.state };
    return turn.owner;
  }

  target(step: string, name: string, to: RouteTarget): string | null {
    return to.kind === 'owner' ? this.rep(step, name, to.id) : this.pool(`${step} ${name}`, to.name);
  }

  fallback(): RouteDecision {
    const { decision, line } = fallbackOf(this.#model, this.#directory.queues, this.#request.record);
    this.lines.push(line);
    return decision;
  }
}

const byRules = (search: Search, { names }: RouteRequest, model: RoutingModel): string | null => {
  for (const rule of model.rules) {
    if (!rule.when.holds(names)) {
      search.note(rule.kind, rule.name, null, 'does-not-hold');
      continue;
    }
    const owner = search.target(rule.kind, rule.name, rule.to);
    if (owner !== null) return owner;
  }
  return model.otherwise === null ? null : search.pool('otherwise', model.otherwise);
};

/** Those who have a claim before any rule: who has the lead, who asked for it back, who has the account. */
const byClaim = (search: Search, request: RouteRequest, model: RoutingModel): RouteDecision | null => {
  const { owner, sameRep, accountOwner, purpose } = request;
  const given = (id: string | null, kept = false): RouteDecision | null =>
    id === null ? null : { kind: 'owner', id, stage: 'rep', kept };
  const isOther = purpose === 're-route' || purpose === 'account-owner';
  if (owner !== null && !isOther && (owner.by === 'person' || model.keepsExistingOwner)) {
    const kept = given(search.rep('existing owner', null, owner.id, 'kept'), true);
    if (kept !== null) return kept;
  }
  if (sameRep !== null && !isOther) {
    const back = given(search.rep('same rep', null, sameRep));
    if (back !== null) return back;
  }
  const wantsAccountOwner = purpose === 'account-owner' || model.prefersAccountOwner;
  return accountOwner !== null && wantsAccountOwner
    ? given(search.rep('account owner', null, accountOwner))
    : null;
};

/** What the other router did since the lead waits for it: an owner whom the lead did not have before is its choice. */
const byOtherRouter = (search: Search, { owner, waited }: RouteRequest, now: number): RouteDecision => {
  if (waited === undefined) return { kind: 'external' };
  const chosen = owner === null || owner.id === waited.before ? null : owner.id;
  const id = chosen === null ? null : search.rep('other router', null, chosen, 'kept');
  if (id !== null) return { kind: 'owner', id, stage: 'rep', kept: true };
  if (now - waited.since < otherRouterMaxMs) return { kind: 'external' };
  if (chosen === null) search.note('other router', null, null, 'nobody');
  return search.fallback();
};

/** Salesforce runs its rules on leads alone: a contact that somebody has stays theirs, and of one that nobody has a person has to decide. */
const byOrgsRules = (search: Search, { record, owner }: RouteRequest, { reps }: Directory): RouteDecision => {
  if (record === 'Lead' || (owner !== null && reps.get(owner.id)?.active === true))
    return { kind: 'assignment-rules' };
  search.note('assignment rules', null, null, 'nobody');
  return search.fallback();
};

/**
 * Finds the owner of a lead, and says why it is this one. Pure: the pools' turns go in as `state` and come out; whoever stores them must refuse a
 * write over a version that was not read, and route again. An owner set by a person stays as long as that user is active. Never an
 * inactive user; where nobody can take it, the fallback queue.
 */
export const route = (
  request: RouteRequest,
  model: RoutingModel,
  directory: Directory,
  state: RoutingState,
  now: number,
): Routed => {
  const search = new Search(request, model, directory, state, now);
  const done = (decision: RouteDecision): Routed => ({ decision, lines: search.lines, state: search.state });
  if (request.reroutes > model.reroutesMax) return done(search.fallback());
  // Who has a claim was asked before the waiting began.
  const waits = model.by === 'external' && request.waited !== undefined;
  const claimed = waits ? null : byClaim(search, request, model);
  if (claimed !== null) return done(claimed);
  if (model.by === 'external') return done(byOtherRouter(search, request, now));
  if (model.by === 'salesforce-assignment-rules') return done(byOrgsRules(search, request, directory));
  const { sdr } = model;
  if (sdr !== null && request.purpose === 'hand-off' && (sdr.when?.holds(request.names) ?? true)) {
    const id = search.pool('sdr', sdr.pool);
    if (id !== null) return done({ kind: 'owner', id, stage: 'sdr', kept: false });
  }
  const id = byRules(search, request, model);
  return done(id === null ? search.fallback() : { kind: 'owner', id, stage: 'rep', kept: false });
};
