import { personOf } from '../look/look.ts';
import type { Directory, Rep, RouteRequest } from '../routing/model.ts';
import { type RouteLine, route } from '../routing/route.ts';
import type { LifecycleContext } from '../run/context.ts';
import { toRoutingState } from '../run/rows.ts';
import { namesOf } from '../scoring/score.ts';
import { isPerson, type Staff } from '../staff/staff.ts';
import { salesStages } from '../stage/stages.ts';
import { accountNames } from './account-names.ts';
import { accountOwners } from './account-owners.ts';
import type { StepResult } from './effect.ts';
import { setByMachines } from './machine-owners.ts';
import { judgementOf } from './sales-values.ts';
import type { Standing } from './standing.ts';
import { ownerOnRecord } from './taken-since.ts';

/** The queues that there are, with what they can own. */
export const queuesOf = ({ owners }: Pick<Staff, 'owners'>): Directory['queues'] =>
  new Map([...owners.values()].flatMap(({ id, kind, owns }) => (kind === 'queue' ? [[id, owns]] : [])));

/** Everybody who can be given a lead now. */
const readDirectory = async (context: LifecycleContext): Promise<Directory> => {
  const [staff, open] = await Promise.all([context.staff(), context.store.openLeads([...salesStages])]);
  const owners = [...staff.owners.values()];
  return {
    reps: new Map(
      owners.filter(isPerson).map(({ id, active }): [string, Rep] => {
        const [calendar, absences] = [staff.calendarOf(id), staff.absencesOf(id)];
        return [id, { id, active, calendar, absences, openLeads: open.get(id) ?? 0 }];
      }),
    ),
    queues: queuesOf(staff),
  };
};

const purposes = {
  'hand-off': 'hand-off',
  'hand-on': 'hand-on',
  're-route': 're-route',
  reassign: 're-route',
} as const;

/** Whoever the journey knows for having given the lead away, left it lying, or handed it on. */
export const gaveAway = ({
  stored,
  effect,
  transitions,
}: Pick<Standing, 'stored' | 'effect' | 'transitions'>): ReadonlySet<string> => {
  const { turn, owner } = stored.journey;
  if (owner === null) return new Set();
  // An SDR hands on to a rep; whom they named as owner themselves has it.
  if (effect.kind !== 'hand-off') return new Set([owner]);
  const isRefused = transitions.some((each) => each.turn === turn && each.cause === 'rejected');
  return new Set(isRefused ? [owner] : []);
};

/** Who is not to have the lead back: whoever gave it away, left it lying, or hands it on. */
const refusedBy = (standing: Standing): ReadonlySet<string> => {
  const { effect, person } = standing;
  // Since then the lead may have the owner whom another router chose, and looks take that one for the journey's.
  const { route: waits } = effect.steps;
  if (waits !== undefined) return new Set(waits.id === undefined ? [] : [waits.id]);
  if (effect.kind !== 'reassign' && effect.kind !== 're-route') return gaveAway(standing);
  const now = person.sales?.fields.OwnerId;
  return new Set([...gaveAway(standing), ...(typeof now === 'string' ? [now] : [])]);
};

/** How often the lead was given to somebody else in this turn: by a verdict, or by its clock. */
const moves = ({ stored, clocks, effect }: Standing): number =>
  Math.max(
    stored.journey.reroutes,
    // A hand-over or a return that began anew gave the lead to nobody.
    ...clocks
      .filter(({ turn, kind }) => turn === effect.turn && kind !== 'return' && kind !== 'hand-off')
      .map((clock) => clock.moves ?? 0),
  );

/** Those whose account's owner has a say: wherever the file prefers them, and whom a rep knows for a customer. */
const wantsAccountOwner = (
  { models }: LifecycleContext,
  { effect, stored: { journey } }: Standing,
): boolean =>
  // Whom another router is waited for has been asked about before.
  effect.steps.route === undefined &&
  (models.routing.prefersAccountOwner || (effect.kind === 're-route' && journey.place === 'account-owner'));

/** What the lead's way to an owner is found by. */
export const requestOf = (
  context: LifecycleContext,
  standing: Standing,
  accountOwner: string | null,
  isSetByMachine = false,
): RouteRequest => {
  const { stored, person, effect, staff } = standing;
  const { journey } = stored;
  const judgement = judgementOf(context, standing);
  const ownerId = person.sales?.fields.OwnerId;
  const owner = typeof ownerId === 'string' ? staff.owners.get(ownerId) : undefined;
  const isSomebody = owner !== undefined && isPerson(owner);
  const isOwnChoice = owner !== undefined && stored.shown.salesforce.OwnerId === owner.id;
  const purpose = purposes[effect.kind as keyof typeof purposes] ?? 'hand-off';
  return {
    record: person.sales?.ref.type ?? 'Lead',
    names: {
      ...namesOf(personOf(stored.id, person), context.models.scoring),
      account: accountNames(standing.about?.company ?? null),
      score: judgement.score.score,
      fit: judgement.score.fit,
      engagement: judgement.score.engagement,
    },
    purpose: purpose === 're-route' && journey.place === 'account-owner' ? 'account-owner' : purpose,
    owner: isSomebody
      ? { id: owner.id, by: isOwnChoice ? 'tandem' : isSetByMachine ? 'system' : 'person' }
      : null,
    accountOwner,
    sameRep: effect.evidence.startsWith('recontact/') ? journey.owner : null,
    refusedBy: refusedBy(standing),
    reroutes: moves(standing),
    ...(effect.steps.route === undefined
      ? {}
      : { waited: { before: effect.steps.route.id ?? null, since: effect.steps.route.at } }),
  };
};

/** What keeps the fallback queue from it, and what a person has to do before somebody can have the lead. `before`: why nobody else has it. */
export const heldResult = (
  { person }: Pick<Standing, 'person'>,
  before: string,
  fallback: RouteLine | undefined,
): StepResult => {
  const refused = (why: string, next: string): StepResult => ({
    ...{ kind: 'refused', next },
    why: `nobody can take it: ${before}, and ${why}`,
  });
  if (fallback?.outcome !== 'cannot-own') {
    return refused(
      'the fallback queue is not there',
      'Put a queue of yours under fallback in routing.yaml, or a rep into a pool or an active assignment rule.',
    );
  }
  return person.sales?.ref.type === 'Contact'
    ? refused('no queue can have a contact', 'Give the contact to a rep in Salesforce; it goes on by itself.')
    : refused(
        'the fallback queue can own no leads',
        'Add leads to what the queue can own (Setup, Queues), or put another one under fallback in routing.yaml.',
      );
};

/** Soon again at first, for routers choose within seconds; a minute apart later. */
const otherRouterAgainMs = (waitedMs: number): number => Math.min(Math.max(waitedMs, 2_000), 60_000);

/** Task and clock are for the owner whom the other router chooses, so that they wait for it. */
const waitForRouter = ({ effect, person, now }: Standing): StepResult => {
  const owner = person.sales?.fields.OwnerId;
  const { route: waits } = effect.steps;
  return {
    kind: 'wait',
    ms: otherRouterAgainMs(now - (waits?.at ?? now)),
    why: 'the other router has given the lead to nobody yet (routing.yaml: by: external)',
    began: {
      at: waits?.at ?? now,
      id: waits === undefined ? (typeof owner === 'string' ? owner : null) : (waits.id ?? null),
    },
  };
};

/**
 * Decides who gets each lead. The pools' turns move with the decision: where another process moved them meanwhile, it is decided anew, so
 * that no order of workers makes it unfair.
 */
export const routeStep = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<readonly StepResult[]> => {
  const [directory, owners, machines] = await Promise.all([
    readDirectory(context),
    accountOwners(
      context,
      standings.filter((standing) => wantsAccountOwner(context, standing)),
    ),
    setByMachines(context, standings),
  ]);
  for (let tries = 0; tries < 10; tries += 1) {
    const { version, state } = await context.store.turns();
    let turns = toRoutingState(state);
    const results = standings.map((standing): StepResult => {
      const {
        decision,
        lines,
        state: after,
      } = route(
        requestOf(context, standing, owners.get(standing) ?? null, machines.has(standing)),
        context.models.routing,
        directory,
        turns,
        standing.now,
      );
      turns = after;
      if (decision.kind === 'external') return waitForRouter(standing);
      if (decision.kind === 'held') {
        return heldResult(standing, 'no rep is free', lines.at(-1));
      }
      const { version: by } = context.models.routing;
      return { kind: 'done', route: { decision, lines, version: by, before: ownerOnRecord(standing) } };
    });
    const after = JSON.stringify(turns);
    if (after === state || (await context.store.saveTurns(version, after))) return results;
  }
  return standings.map(() => ({ kind: 'wait', ms: 1_000, why: 'the turns of the pools keep moving' }));
};
