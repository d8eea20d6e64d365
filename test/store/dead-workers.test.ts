import { beforeEach, expect, it } from 'vitest';
import { contact, makeMark, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
beforeEach(() => fixture.reset());

it('lose their leases and match keys once they are gone, and not before; nobody waits for the lease to end', async () => {
  const { store } = fixture;
  const [one, other] = [await fixture.worker(), await fixture.worker()];
  await store.commitSignals([makeMark(contact('1')), makeMark(contact('2'))]);
  const [theirs] = await store.claim(pair, one.id, 1, 60_000);
  const [mine] = await store.claim(pair, other.id, 1, 60_000);
  const locked = await store.lockKeys(
    one.id,
    [{ unit: theirs?.key ?? '', fence: theirs?.fence ?? 0, key: 'key' }],
    60_000,
  );
  expect(locked.size).toBe(1);
  expect(await store.breakLeasesOfDead()).toBe(0);
  await one.leave();
  expect(await store.breakLeasesOfDead()).toBe(1);
  expect(await fixture.keyLocks()).toBe(0);
  const again = await store.claim(pair, other.id, 10, 60_000);
  expect(again.map(({ key }) => key)).toEqual([theirs?.key]);
  expect(again[0]?.key).not.toBe(mine?.key);
  await other.leave();
});
