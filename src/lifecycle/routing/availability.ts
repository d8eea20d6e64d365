import { dayAt, isOpen } from '../calendar/calendar.ts';
import type { Directory, MemberState, PoolMember, Rep } from './model.ts';

export const obstacles = [
  'not-there', // no such user in the directory
  'inactive',
  'refused', // gave the lead away in this turn
  'absent',
  'full', // as many open leads as they may have
  'enough-today',
  'closed', // does not work at this hour
] as const;
export type Obstacle = (typeof obstacles)[number];

/** What keeps somebody from being given any lead, whatever the hour. */
export const standingObstacle = (
  directory: Directory,
  id: string,
  refusedBy: ReadonlySet<string>,
): Obstacle | Rep => {
  const rep = directory.reps.get(id);
  if (rep === undefined) return 'not-there';
  if (!rep.active) return 'inactive';
  return refusedBy.has(id) ? 'refused' : rep;
};

export const isAbsent = ({ absences }: Rep, now: number): boolean =>
  absences.some(({ from, to }) => from <= now && now < to);

/** What keeps a pool's member from the next turn; null where nothing does. `closed` is said only when nothing else is in the way. */
export const memberObstacle = (
  member: PoolMember,
  state: MemberState | undefined,
  directory: Directory,
  refusedBy: ReadonlySet<string>,
  now: number,
): Obstacle | null => {
  const rep = standingObstacle(directory, member.owner, refusedBy);
  if (typeof rep === 'string') return rep;
  if (isAbsent(rep, now)) return 'absent';
  if (rep.openLeads >= member.openMax) return 'full';
  const today = state !== undefined && state.day === dayAt(rep.calendar, now) ? state.today : 0;
  if (today >= member.perDayMax) return 'enough-today';
  return isOpen(rep.calendar, now) ? null : 'closed';
};
