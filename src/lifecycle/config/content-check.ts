import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

/** Names that are kept for examples: nobody can open an address there (RFC 2606 and RFC 6761). */
const exampleHost = /(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$/i;

const exampleFindings = ({ content, sources }: LoadedLifecycle): readonly Finding[] => {
  const source = sources['content.yaml'];
  const pieces = content?.pieces ?? [];
  const [first] = pieces.flatMap(({ url }, index) =>
    exampleHost.test(new URL(url).hostname) ? [{ url, index }] : [],
  );
  if (source === undefined || first === undefined) return [];
  const count = pieces.filter(({ url }) => exampleHost.test(new URL(url).hostname)).length;
  return [
    noteAt(
      source,
      ['pieces', first.index, 'url'],
      `${count} of ${pieces.length} pieces of content are examples`,
      `nobody can open ${first.url}, and reps would be recommended to send it`,
      "put your own pieces there, or write 'content: off' in lifecycle.yaml",
    ),
  ];
};

/** Stages of deals that are none: a piece for them alone is recommended to nobody. */
const dealStageFindings = (
  { content, sources }: LoadedLifecycle,
  dealStages: readonly string[],
): readonly Finding[] => {
  const source = sources['content.yaml'];
  if (source === undefined || dealStages.length === 0) return [];
  return (content?.pieces ?? []).flatMap((piece, index) =>
    [...piece.dealStages].flatMap((stage, at): readonly Finding[] => {
      if (dealStages.includes(stage)) return [];
      const what = `Salesforce Opportunity.StageName has no value '${stage}'`;
      const why = `piece '${piece.id}' would be recommended for no deal by it`;
      const fix = `${didYouMean(stage, dealStages)}write one of ${dealStages.join(', ')}`;
      return [errorAt(source, ['pieces', index, 'deal-stages', at], what, why, fix)];
    }),
  );
};

/**
 * Holds the catalogue against the systems; nothing is said of one that is off. Pure. `dealStages`: of every sales process; none: not known.
 */
export const checkContent = (loaded: LoadedLifecycle, dealStages: readonly string[]): readonly Finding[] => {
  if (loaded.content === null || (loaded.lifecycle?.behaviours.content ?? 'off') === 'off') return [];
  return [...exampleFindings(loaded), ...dealStageFindings(loaded, dealStages)];
};
