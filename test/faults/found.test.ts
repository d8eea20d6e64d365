import { expect, it, vi } from 'vitest';
import { play } from './virtual/run.ts';
import { smallStory } from './virtual/small.ts';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  ...(await import('./virtual/time.ts')).timersPromises,
}));

/* What storms found once, as the smallest story that shows it. */

const alone = { contact: true, lead: false, differs: false, bare: false };

it('who is erased while nobody knows whether their lead was created leaves nothing under way', async () => {
  const { complaints, erased } = await play(
    {
      ...smallStory,
      people: [alone],
      steps: [{ gapMs: 10_000, what: { kind: 'erase', who: 0, thenField: 0 } }],
    },
    {
      mishapAt: (_, { method, path }) => (method === 'PATCH' && path.includes('/Lead/') ? 'cutBefore' : null),
    },
  );
  expect(erased).toBe(1);
  expect(complaints).toEqual([]);
});
