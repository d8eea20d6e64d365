import { dayAt } from '../calendar/calendar.ts';
import { memberObstacle, type Obstacle } from './availability.ts';
import type { Directory, MemberState, Pool, PoolMember } from './model.ts';

export type PoolState = Readonly<Record<string, MemberState>>;

export interface Turn {
  /** Null where nobody of the pool can take it. */
  readonly owner: string | null;
  readonly state: PoolState;
  readonly passed: readonly { readonly owner: string; readonly why: Obstacle }[];
}

/** Who could take the lead: those at work, or, where nobody is and nothing else is in the way, those who will be. */
const candidatesOf = (
  pool: Pool,
  obstacleOf: (member: PoolMember) => Obstacle | null,
): readonly PoolMember[] => {
  const free = pool.members.filter((member) => obstacleOf(member) === null);
  const shut = pool.members.filter((member) => obstacleOf(member) === 'closed');
  if (pool.hours === 'any')
    return pool.members.filter((member) => free.includes(member) || shut.includes(member));
  return free.length > 0 ? free : shut;
};

/**
 * Smooth weighted round-robin, as nginx does it (https://github.com/phusion/nginx/commit/27e94984486058d73157038f7950a0a36ecc6e35): whoever can
 * take a lead gains credit by their weight, the one with the most takes it and pays the sum. Who is away gains nothing meanwhile, so that
 * they are not flooded when they return. Pure: state goes in and comes out.
 */
export const nextTurn = (
  pool: Pool,
  state: PoolState,
  directory: Directory,
  refusedBy: ReadonlySet<string>,
  now: number,
): Turn => {
  const stateOf = (owner: string): MemberState | undefined =>
    Object.hasOwn(state, owner) ? state[owner] : undefined;
  const obstacleOf = (member: PoolMember): Obstacle | null =>
    memberObstacle(member, stateOf(member.owner), directory, refusedBy, now);
  const candidates = candidatesOf(pool, obstacleOf);
  const passed = pool.members.flatMap((member) => {
    const why = obstacleOf(member);
    return why === null || candidates.includes(member) ? [] : [{ owner: member.owner, why }];
  });
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const credited = candidates.map((member) => ({
    member,
    credit: (stateOf(member.owner)?.credit ?? 0) + member.weight,
  }));
  const best = credited.reduce<(typeof credited)[number] | null>(
    (most, each) => (most === null || each.credit > most.credit ? each : most),
    null,
  );
  if (best === null) return { owner: null, state, passed };
  const changed = credited.map(({ member, credit }): [string, MemberState] => {
    const before = stateOf(member.owner);
    const rep = directory.reps.get(member.owner);
    const day = rep === undefined ? '' : dayAt(rep.calendar, now);
    const today = before?.day === day ? before.today : 0;
    const took = member === best.member;
    return [member.owner, { credit: took ? credit - total : credit, day, today: took ? today + 1 : today }];
  });
  return { owner: best.member.owner, state: { ...state, ...Object.fromEntries(changed) }, passed };
};
