import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Figure } from '../../bench/figure.ts';
import { runPeers } from '../../bench/peers/peers.ts';

/** As few as show that every peer works, is killed and is counted. */
const sizes = { people: 60, linked: 20, seeds: 2, lanes: 1 };
const measures = ['lost-edits', 'duplicates', 'clears-lost', 'lost-after-kills', 'duplicates-after-kills'];

const count = z.record(z.string(), z.number());
const tallyShape = z.object({
  ...{ changes: z.number(), clears: z.number(), gaveUp: z.number(), kills: z.number() },
  ...{ lost: count, calls: count },
});
const resultShape = z.object({ calm: tallyShape, rough: tallyShape });
const detailShape = z.object({ ours: resultShape, theirs: resultShape });

let figures: ReadonlyMap<string, Figure>;
const figure = (name: string): Figure => {
  const found = figures.get(`peers.${name}`);
  if (!found) throw new Error(`no figure ${name}; there are ${[...figures.keys()].join(', ')}`);
  return found;
};

beforeAll(async () => {
  const all: Figure[] = [];
  for await (const each of runPeers(() => undefined, sizes)) all.push(each);
  figures = new Map(all.map((each) => [each.name, each]));
}, 900_000);

describe('the benchmark peers, with two seeds', () => {
  it.each(measures)('Tandem keeps its promise: %s', (name) => {
    expect(figure(name)).toMatchObject({ against: 'target', ours: 0, theirs: 0, ratio: 1 });
  });

  it.each(['newest-wins', 'rxdb'])('%s had the same trace, and was killed', (slug) => {
    const { ours, theirs } = detailShape.parse(figure(`lost-edits.beside-${slug}`).detail);
    // A correction needs somebody who came earlier and got to both sides, so that a peer may have had fewer.
    expect(theirs.calm.changes).toBeGreaterThanOrEqual(ours.calm.changes - sizes.seeds);
    expect(theirs.calm.clears).toBe(ours.calm.clears);
    expect(theirs.rough.kills).toBeGreaterThan(0);
    for (const { calm, rough } of [ours, theirs]) expect(calm.gaveUp + rough.gaveUp).toBe(0);
  });

  it.each(['newest-wins', 'rxdb'])(
    '%s brings newcomers over, and loses one of two edits of one person',
    (slug) => {
      const { theirs } = detailShape.parse(figure(`lost-edits.beside-${slug}`).detail);
      expect(theirs.calm.lost.newcomers).toBe(0);
      expect(theirs.calm.lost.edits).toBeGreaterThan(0);
      expect(theirs.calm.lost.edits).toBeLessThan(theirs.calm.changes / 2);
      expect(theirs.calm.calls.write).toBeGreaterThan(0);
    },
  );
});
