import { type Permit, permitStaleMs, type Reservation } from '../../model/budget.ts';

/** A reservation is not used beyond this age: the store would soon count its permits as those of a dead process. */
const reservationMsMax = permitStaleMs / 2;

export interface ReservationOptions {
  readonly permits: readonly string[];
  readonly end: (permits: readonly string[]) => Promise<void>;
  readonly giveBack: (permits: readonly string[]) => Promise<void>;
  readonly clock: () => number;
}

/** Permits taken ahead. `take` answers null once they are used up, released or too old; then a call queues like any other. */
export const makeReservation = (options: ReservationOptions): Reservation => {
  const unused = [...options.permits];
  const expiresAt = options.clock() + reservationMsMax;
  return {
    get left() {
      return unused.length;
    },
    take(): Permit | null {
      if (options.clock() >= expiresAt) return null;
      const permit = unused.pop();
      return permit === undefined ? null : { end: () => options.end([permit]) };
    },
    async release() {
      const rest = unused.splice(0);
      if (rest.length > 0) await options.giveBack(rest);
    },
  };
};
