import { type Figure, makeFigure, rounded } from '../figure.ts';
import { type Peer, plain, rxdb, tandem } from './peer.ts';
import { type PeerResult, type PeersSizes, runPeer } from './run.ts';
import { total } from './tally.ts';

/** Issue 5: 50 seeds. */
export const fullSizes: PeersSizes = { people: 100, linked: 40, seeds: 50, lanes: 3 };

interface Measure {
  readonly name: string;
  readonly unit: string;
  /** What Tandem promises; null where it promises nothing. */
  readonly target: number | null;
  of(result: PeerResult): number;
}

const measures: readonly Measure[] = [
  { name: 'lost-edits', unit: 'lost changes', target: 0, of: ({ calm }) => total(calm.lost) },
  { name: 'duplicates', unit: 'records too many', target: 0, of: ({ calm }) => total(calm.duplicates) },
  { name: 'clears-lost', unit: 'cleared values not passed on', target: 0, of: ({ calm }) => calm.clearsLost },
  {
    name: 'calls',
    unit: 'calls a change',
    target: null,
    of: ({ calm }) => rounded(total(calm.calls) / calm.changes),
  },
  { name: 'lost-after-kills', unit: 'lost changes', target: 0, of: ({ rough }) => total(rough.lost) },
  {
    name: 'duplicates-after-kills',
    unit: 'records too many',
    target: 0,
    of: ({ rough }) => total(rough.duplicates),
  },
];

interface Run {
  readonly peer: Peer;
  readonly result: PeerResult;
}

const figuresOf = ({ name, unit, target, of }: Measure, ours: Run, rivals: readonly Run[], seeds: number) => {
  const common = { unit, better: 'lower', ours: of(ours.result) } as const;
  const against = rivals.map(({ peer, result }) =>
    makeFigure({
      ...common,
      name: `peers.${name}.beside-${peer.slug}`,
      against: peer.name,
      theirs: of(result),
      detail: { seeds, ours: ours.result, theirs: result },
    }),
  );
  if (target === null) return against;
  const detail = { seeds, ours: ours.result };
  return [
    makeFigure({ ...common, name: `peers.${name}`, against: 'target', theirs: target, detail }),
    ...against,
  ];
};

/**
 * The benchmark `peers`: one trace of edits under faults, brought over by a plain worker on the same libraries, by RxDB's replication and
 * by Tandem, each on sandboxes of its own at the same time; every seed once without kills and once with. A change is lost when it is not on both sides in the end
 * although nobody edited that field elsewhere.
 */
export async function* runPeers(
  say: (line: string) => void,
  sizes: PeersSizes = fullSizes,
): AsyncGenerator<Figure> {
  say(`peers: ${sizes.seeds} seeds, ${sizes.linked} people each, 8% of the integration's calls fail`);
  const runs = await Promise.all(
    [tandem, plain, rxdb].map(
      async (peer): Promise<Run> => ({ peer, result: await runPeer(peer, sizes, say) }),
    ),
  );
  const [ours, ...rivals] = runs;
  if (!ours) return;
  for (const measure of measures) yield* figuresOf(measure, ours, rivals, sizes.seeds);
}
