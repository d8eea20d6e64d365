import * as z from 'zod';
import { type ApiRequest, type Caller, callers } from './message.ts';
import type { Random } from './random.ts';

const regularExpression = z.string().transform((source, context) => {
  try {
    return new RegExp(source);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a regular expression' });
    return z.NEVER;
  }
});

export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z
        .string()
        .transform((method) => method.toUpperCase())
        .optional(),
      path: regularExpression.optional(),
      caller: z.enum(callers).optional(),
    })
    .default({}),
  effect: z.strictObject({
    status: z.int().min(200).max(599).optional(),
    code: z.string().min(1).optional(),
    body: z.unknown().optional(),
    delayMs: z.number().min(0).max(600_000).optional(),
    drop: z.enum(['before', 'after']).optional(),
    /** Carry the request out although the answer is this fault's: a create that commits and answers 502. */
    perform: z.boolean().optional(),
    every: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    times: z.int().min(1).optional(),
  }),
});
export const faultsSchema = z.array(faultSchema);

export type Fault = z.output<typeof faultSchema>;
export type FaultEffect = Fault['effect'];

interface Armed {
  readonly fault: Fault;
  seen: number;
  fired: number;
}

const matches = (fault: Fault, request: ApiRequest, caller: Caller | null): boolean =>
  (fault.match.method === undefined || fault.match.method === request.method) &&
  (fault.match.path === undefined || fault.match.path.test(request.path)) &&
  (fault.match.caller === undefined || fault.match.caller === caller);

/**
 * Faults to play on calls. The first one in the list that matches and fires is played; `every` fires on each n-th
 * match, `probability` by the seeded stream, `times` at most so often.
 */
export class FaultPlan {
  #armed: Armed[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  set(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault) => ({ fault, seen: 0, fired: 0 }));
  }

  pick(request: ApiRequest, caller: Caller | null): FaultEffect | null {
    for (const armed of this.#armed) {
      if (matches(armed.fault, request, caller) && this.#fires(armed)) return armed.fault.effect;
    }
    return null;
  }

  #fires(armed: Armed): boolean {
    const { every, probability, times } = armed.fault.effect;
    armed.seen += 1;
    if (times !== undefined && armed.fired >= times) return false;
    if (every !== undefined && armed.seen % every !== 0) return false;
    if (probability !== undefined && !this.#random.chance(probability)) return false;
    armed.fired += 1;
    return true;
  }
}
