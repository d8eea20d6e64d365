import { expect, it, vi } from 'vitest';
import { mishaps } from './virtual/company.ts';
import { type Outcome, type Planted, play } from './virtual/run.ts';
import { smallStory } from './virtual/small.ts';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  ...(await import('./virtual/time.ts')).timersPromises,
}));

/** All of it is some half an hour: by night each call, by day every n-th. */
const everyNth = process.env.TANDEM_NIGHTLY ? 1 : 997;
const longestMs = 3_600_000;

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Plays each variation of the story, and answers those that did not end as the story does without any. */
const astray = async (
  { agreed }: Outcome,
  variations: readonly (readonly [name: string, planted: Planted])[],
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const [index, [name, planted]] of variations.entries()) {
    if (index % everyNth !== 0) continue;
    const outcome = await play(smallStory, planted);
    const other = outcome.agreed.filter((line) => !agreed.includes(line));
    for (const complaint of [...outcome.complaints, ...other]) wrong.push(`${name}: ${complaint}`);
    if (outcome.agreed.length !== agreed.length) wrong.push(`${name}: ${outcome.agreed.length} records`);
  }
  return wrong;
};

it(
  'a worker that dies at any call of its, before it or after it, leaves what its successor brings to the same end',
  async () => {
    const story = await play(smallStory);
    expect(story.complaints).toEqual([]);
    const deaths = upTo(story.firstCalls).flatMap((atCall) =>
      (['before', 'after'] as const).map((when): [string, Planted] => [
        `death ${when} call ${atCall}`,
        { doom: { atCall, when, how: 'death' } },
      ]),
    );
    expect(await astray(story, deaths)).toEqual([]);
  },
  longestMs,
);

it(
  'any call that is cut, refused, late, or carried out and denied, changes nothing about the end',
  async () => {
    const story = await play(smallStory);
    const faults = mishaps.flatMap((mishap) =>
      upTo(story.calls).map((at): [string, Planted] => [
        `${mishap} at call ${at}`,
        { mishapAt: (call) => (call === at ? mishap : null) },
      ]),
    );
    expect(await astray(story, faults)).toEqual([]);
  },
  longestMs,
);
