import { stringify } from 'yaml';
import { checkFile } from '../../src/lifecycle/config/check-file.ts';
import { scoringKind } from '../../src/lifecycle/config/files.ts';
import type { Activity } from '../../src/lifecycle/scoring/activity.ts';
import { recompute } from '../../src/lifecycle/scoring/engagement.ts';
import type { ScoringModel } from '../../src/lifecycle/scoring/model.ts';
import { scoreOf } from '../../src/lifecycle/scoring/score.ts';
import { formatFindings } from '../../src/mapping/finding.ts';
import type { Lead } from './data.ts';

/** One condition that a lead meets or not: a value of an attribute, or a band of a number. */
export interface Bin {
  readonly name: string;
  /** As a rule of scoring.yaml says it. */
  readonly when: string;
  readonly holds: (lead: Lead) => boolean;
}

/** Values rarer than this say nothing that would hold for others. */
const countMin = 20;
const bandsMax = 6;

const valueBins = (known: readonly Lead[], name: string): readonly Bin[] => {
  const counts = Map.groupBy(known, ({ attributes }) => attributes[name] ?? '');
  return [...counts]
    .filter(([, leads]) => leads.length >= countMin)
    .map(([value]) => ({
      name: `${name}: ${value === '' ? 'unanswered' : value}`,
      when: `contact.${name} == ${JSON.stringify(value)}`,
      holds: ({ attributes }) => attributes[name] === value,
    }));
};

const bandBins = (known: readonly Lead[], name: string): readonly Bin[] => {
  const sorted = known.map(({ numbers }) => numbers[name] ?? 0).sort((a, b) => a - b);
  const cuts = Array.from(
    { length: bandsMax - 1 },
    (_, index) => sorted[Math.floor((sorted.length * (index + 1)) / bandsMax)] ?? 0,
  );
  const edges = [Number.NEGATIVE_INFINITY, ...new Set(cuts), Number.POSITIVE_INFINITY];
  const number = `double(contact.${name})`;
  const literal = (edge: number): string => (Number.isInteger(edge) ? `${edge}.0` : String(edge));
  return edges.slice(0, -1).map((from, index) => {
    const to = edges[index + 1] ?? Number.POSITIVE_INFINITY;
    const parts = [
      ...(Number.isFinite(from) ? [`${number} > ${literal(from)}`] : []),
      ...(Number.isFinite(to) ? [`${number} <= ${literal(to)}`] : []),
    ];
    return {
      name: `${name}: band ${index + 1}`,
      when: parts.join(' && ') || `contact.${name} != null`,
      holds: ({ numbers }) => (numbers[name] ?? 0) > from && (numbers[name] ?? 0) <= to,
    };
  });
};

/** The conditions that a known half suggests. */
export const binsOf = (known: readonly Lead[]): readonly Bin[] => {
  const [first] = known;
  if (first === undefined) return [];
  return [
    ...Object.keys(first.attributes).flatMap((name) => valueBins(known, name)),
    ...Object.keys(first.numbers).flatMap((name) => bandBins(known, name)),
  ];
};

/** Points for one unit of log-odds: the usual range of a lead then fills 0 to 100. */
const pointsPerLogOdds = 8;
const middle = 50;

/** How much a condition speaks for winning: the log of its odds against the odds of all, drawn to zero where few are known. */
const weightOf = (known: readonly Lead[], bin: Pick<Bin, 'holds'>, won: number): number => {
  const members = known.filter(bin.holds);
  const wins = members.filter((lead) => lead.won).length;
  const share = won / known.length;
  const prior = 20;
  const own = (wins + prior * share) / (members.length + prior);
  return Math.log(own / (1 - own)) - Math.log(share / (1 - share));
};

/** The weight of one visit more, from those who came once or twice to those who came more often. */
const visitWeight = (known: readonly Lead[], won: number): number => {
  const few = weightOf(known, { holds: ({ visits }) => visits >= 1 && visits <= 2 }, won);
  const many = weightOf(known, { holds: ({ visits }) => visits >= 4 }, won);
  return (many - few) / 3;
};

/** A scoring.yaml whose points come from the known half, as an admin would fill them in from a table; checked as any other. */
export const scorecardOf = (known: readonly Lead[], bins: readonly Bin[]): ScoringModel => {
  const won = known.filter((lead) => lead.won).length;
  const points = (weight: number): number => Math.round(weight * pointsPerLogOdds * 10) / 10;
  const text = stringify({
    version: 'bench',
    fit: {
      cap: 1_000,
      grades: { A: 60, B: 40, C: 20 },
      rules: [
        { name: 'Everybody', when: 'contact.id != null', points: middle },
        ...bins.map((bin) => ({ name: bin.name, when: bin.when, points: points(weightOf(known, bin, won)) })),
      ],
    },
    engagement: {
      cap: 1_000,
      levels: { '1': 30, '2': 20, '3': 10 },
      rules: [{ name: 'Visit', on: ['pageView'], points: points(visitWeight(known, won)), cap: 10 }],
    },
    'sales-ready': [
      { version: '1', from: '2020-01-01', approved: { marketing: 'a', sales: 'b' }, when: 'score >= 60' },
    ],
  });
  const { built, findings } = checkFile(scoringKind, { file: 'bench.yaml', text });
  if (built === null) throw new Error(formatFindings(findings));
  return built;
};

const now = Date.UTC(2026, 0, 1);

/** The score of a lead by Tandem's own code: rules over the record, and visits as activities of today. */
export const tandemScore = (lead: Lead, model: ScoringModel): number => {
  const visits = Array.from(
    { length: Math.min(lead.visits, 50) },
    (_, index): Activity => ({ key: String(index), at: now, type: 'pageView' }),
  );
  const numbers = Object.fromEntries(
    Object.entries(lead.numbers).map(([name, value]) => [name, String(value)]),
  );
  const contact = { id: lead.id, ...lead.attributes, ...numbers };
  const person = { id: lead.id, contact, lead: {}, account: {}, email: null, owner: null };
  return scoreOf(person, recompute(visits, model), model, now).score;
};
