import { engineTiming } from '../../../src/sync/engine.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { overlay } from './broken.ts';
import type { Passed } from './company.ts';

/**
 * Looks on whose lease everything rests that the store takes: whoever was away while another got the unit may neither send nor settle
 * anything of it, whatever becomes of it in the end.
 */
export class FenceWatch {
  /** What was taken from somebody whose unit was another's by then. */
  readonly troubles: string[] = [];
  private readonly newest = new Map<string, number>();
  /** When intents were opened, by id. */
  private readonly openedAt = new Map<string, number>();

  /** Writes that left after whoever looks at their unit takes them for never sent; HubSpot's name their intent. */
  sentLate(passed: readonly Passed[]): readonly string[] {
    return passed.flatMap(({ request, sentAt }) =>
      [...request.matchAll(/"objectWriteTraceId":"([^"]+)"/g)].flatMap(([, id = '']) => {
        const openedAt = this.openedAt.get(id) ?? sentAt;
        if (sentAt - openedAt <= engineTiming.sendWithinMs) return [];
        return [`intent ${id} was opened, and sent ${(sentAt - openedAt) / 1_000} s later`];
      }),
    );
  }

  watch(store: MemoryStore): MemoryStore {
    const settled = async (
      call: 'settle' | 'settleAndKeep',
      settlements: Parameters<MemoryStore['settle']>[0],
    ) => {
      const result = await store[call](settlements);
      for (const { unit } of settlements) {
        if (result.refused.has(unit.key)) continue;
        this.check('settled', unit.key, unit.fence);
        const begun = result.begun.get(unit.key);
        if (begun !== undefined) this.newest.set(`link:${begun.id}`, unit.fence);
      }
      return result;
    };
    return overlay<MemoryStore>(store, {
      claim: async (...request) => {
        const units = await store.claim(...request);
        for (const { key, fence } of units) this.newest.set(key, fence);
        return units;
      },
      openIntents: async (intents, fences, ...times) => {
        const opened = await store.openIntents(intents, fences, ...times);
        for (const { id, unit } of intents) {
          if (!opened.has(id)) continue;
          this.check('sent', unit, fences.get(unit) ?? 0);
          this.openedAt.set(id, store.state.now());
        }
        return opened;
      },
      settle: async (settlements) => settled('settle', settlements),
      settleAndKeep: async (settlements) => settled('settleAndKeep', settlements),
    });
  }

  private check(what: string, unit: string, fence: number): void {
    const newest = this.newest.get(unit) ?? fence;
    if (fence < newest) this.troubles.push(`${unit}: ${what} under lease ${fence}, when ${newest} was given`);
  }
}
