import { foreign } from '../digest/plain-text.ts';
import type { Stage } from '../stage/stages.ts';
import type { Finding } from './measure.ts';
import type { Signal } from './signals.ts';

/** Names of groups are the company's own. */
const groupMax = 80;

/** Who has the next step in a stage: the side that can change something. */
type Half = 'marketing' | 'sales' | 'deal';

const halfOf = (stage: Stage): Half => {
  if (stage === 'subscriber' || stage === 'lead' || stage === 'engaged') return 'marketing';
  return stage === 'opportunity' ? 'deal' : 'sales';
};

/** What to do about it, by who has the next step and by what they are compared. */
const steps: Readonly<
  Record<Finding['measure'], Readonly<Record<Half, Readonly<Record<Finding['dimension'], string>>>>>
> = {
  conversion: {
    marketing: {
      all: 'Look at what changed for everybody since then: forms, pages, programs, the rules of entry',
      source: 'Compare what this source brings now with what it brought: campaign, offer, landing page',
      segment: 'Check whether the offers for this segment still fit; try another one on a part of it',
      rep: 'Ask this owner which programs they took people out of',
    },
    sales: {
      all: 'Read the reasons of the leads that came back since then, and look at the definition of sales-ready together',
      source: 'Read the reasons of the leads of this source that came back; raise its bar, or pause it',
      segment: 'Read the reasons in this segment; change its rule of fit or its message',
      rep: 'Go through the last leads of this rep together: load, absence, what they need',
    },
    deal: {
      all: 'Read the loss reasons since then; bring them to the next review',
      source: 'Read the loss reasons of deals from this source before more is spent on it',
      segment: 'Read the loss reasons in this segment; check offer, price and competitor',
      rep: 'Go through the open deals of this rep together',
    },
  },
  time: {
    marketing: {
      all: 'Look at what people wait for in this stage; shorten the program, or send the next offer sooner',
      source: 'Send people of this source the next offer sooner',
      segment: 'Send this segment the next offer sooner',
      rep: 'Ask this owner which people are held, and why',
    },
    sales: {
      all: 'Look at the late leads by rep, and at the load of the pools',
      source: 'Ask the reps what keeps them from the leads of this source',
      segment: 'Check whether the reps for this segment have too many leads',
      rep: 'Check load and absence of this rep; give their turns to others for a while',
    },
    deal: {
      all: 'Go through the oldest open deals: next step, date, who decides',
      source: 'Go through the oldest open deals from this source',
      segment: 'Go through the oldest open deals of this segment: what is missing to decide',
      rep: 'Go through the oldest open deals of this rep together',
    },
  },
};

export const recommendedStep = ({ measure, stage, dimension }: Finding): string =>
  steps[measure][halfOf(stage)][dimension];

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const days = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} days`;
/** What a rep is called, by their Salesforce id. */
export type NameOf = (rep: string) => string;

const whom = ({ dimension, group }: Finding, nameOf: NameOf): string => {
  if (dimension === 'all' || group === null) return 'everybody';
  return `${dimension} ${foreign(dimension === 'rep' ? nameOf(group) : group, groupMax)}`;
};

/** `1 in 12,000`: how often luck alone makes such a change. */
const odds = (byLuck: number): string => {
  const times = Math.min(Math.round(1 / Math.max(byLuck, 1e-9)), 1_000_000);
  const digits = Math.max(0, Math.floor(Math.log10(times)) - 1);
  const rounded = Math.round(times / 10 ** digits) * 10 ** digits;
  return `${byLuck < 1e-6 ? 'less than ' : ''}1 in ${rounded.toLocaleString('en-US')}`;
};

const change = ({ measure, stage, recent, past, horizonDays }: Finding): string =>
  measure === 'conversion'
    ? `Of ${recent.people} in ${stage} ${percent(recent.value)} went on within ${horizonDays} days, before that ${percent(past.value)} of ${past.people}`
    : `${recent.people} stayed ${days(recent.value)} in ${stage} (median), before that ${past.people} stayed ${days(past.value)}`;

/** A signal as a few lines for a task or an alert: what changed, how sure it is, what to do. Plain text. Pure. */
export const signalText = (signal: Signal, nameOf: NameOf): string => {
  const { measure, stage, also, byLuck, comparisons } = signal;
  const test = measure === 'conversion' ? "Fisher's exact test" : "Mood's median test";
  const what = measure === 'conversion' ? 'Fewer go on from' : 'Longer in';
  return [
    `${what} ${stage}: ${whom(signal, nameOf)}`,
    `${change(signal)}.`,
    ...(also.length === 0 ? [] : [`Most in: ${also.map((each) => whom(each, nameOf)).join(', ')}.`]),
    `By luck ${odds(byLuck)} (${test}, one of ${comparisons} comparisons).`,
    `${recommendedStep(signal)}.`,
  ].join('\n');
};
