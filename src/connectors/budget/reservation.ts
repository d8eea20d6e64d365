import { permitStaleMs, type Reservation, type Reserved } from '../../model/budget.ts';

/** A reservation is not used beyond this age: the store would soon count its permits as those of a dead process. */
const reservationMsMax = permitStaleMs / 2;

export interface ReservationOptions {
  readonly permits: readonly string[];
  readonly promised: readonly string[];
  readonly end: (permits: readonly string[]) => Promise<void>;
  readonly giveBack: (permits: readonly string[]) => Promise<void>;
  readonly clock: () => number;
}

/** Permits asked for ahead. `take` answers null once they are used up, given back or too old; then a call queues like any other. */
export const makeReservation = (options: ReservationOptions): Reservation => {
  const held = [...options.permits];
  const promised = [...options.promised];
  let came = 0;
  const expiresAt = options.clock() + reservationMsMax;
  const keep = async (calls: number): Promise<void> => {
    const heldKept = Math.min(held.length, Math.max(0, calls));
    const rest = [...promised.splice(Math.max(0, calls - heldKept)), ...held.splice(heldKept)];
    if (rest.length > 0) await options.giveBack(rest);
  };
  return {
    get left() {
      return held.length + promised.length;
    },
    get came() {
      return came;
    },
    take(): Reserved | null {
      came += 1;
      if (options.clock() >= expiresAt) return null;
      const permit = held.pop();
      if (permit !== undefined) return { held: { end: () => options.end([permit]) } };
      const promise = promised.pop();
      return promise === undefined ? null : { promise };
    },
    keep,
    release: () => keep(0),
  };
};
