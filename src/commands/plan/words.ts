import { type System, systemLabel, systems } from '../../model/system.ts';
import type { Rehearsed } from '../../sync/rehearsal/rehearse.ts';
import type { Plan } from '../plan.ts';
import { lifecycleWords } from './lifecycle-words.ts';
import type { Sample } from './samples.ts';

/** Samples shown in plain form; all of them are in the JSON. */
const shownMax = 20;

/** `12 created in Salesforce (10 Lead, 2 Contact)`; the objects only where there are several. */
const createdWords = (each: Omit<Rehearsed, 'unsettled'>, system: System): string => {
  const types = Object.entries(each.createsByType[system]);
  const parts = types.length > 1 ? ` (${types.map(([type, count]) => `${count} ${type}`).join(', ')})` : '';
  return `${each.creates[system]} created in ${systemLabel[system]}${parts}`;
};

const figures = (each: Omit<Rehearsed, 'unsettled'>): string =>
  [
    ...systems.map((system) => createdWords(each, system)),
    ...systems.map((system) => `${each.updates[system]} updated in ${systemLabel[system]}`),
    `${each.links} linked`,
    `${each.reviews} questions`,
    `${each.conflicts} values that lose to another`,
  ].join(', ');

/** A value in plain form is cut after so many characters; the JSON has it whole. */
const valueMax = 80;

const valueWords = (value: Sample['to']): string => {
  const characters = typeof value === 'string' ? [...value] : [];
  if (characters.length <= valueMax) return JSON.stringify(value);
  return `${JSON.stringify(characters.slice(0, valueMax).join(''))}… (${characters.length} characters)`;
};

const sampleWords = ({ system, record, email, field, from, to, rule }: Sample): string =>
  `  ${systemLabel[system]} ${email ?? record}  ${field}: ${valueWords(from)} → ${valueWords(to)}  (${rule})`;

/** The plan for people. */
export const planWords = (plan: Plan): string =>
  [
    ...Object.entries(plan.byObject).map(([name, each]) => `${name}: ${figures(each)}`),
    ...(plan.lifecycle === undefined ? [] : lifecycleWords(plan.lifecycle)),
    ...(plan.newDomains > 0
      ? [
          `HubSpot makes companies by itself of the domains of new contacts, unless that is switched off there: up to ${plan.newDomains} more, each an account in Salesforce as well, not counted above.`,
        ]
      : []),
    `Calls for it, without what a worker asks all the time: ${systems.map((system) => `${systemLabel[system]} ${plan.calls[system]}`).join(', ')}.`,
    ...(plan.unsettled > 0 ? [`${plan.unsettled} records could not be read; a run tries them again.`] : []),
    ...(plan.samples.length > 0 ? ['For example:', ...plan.samples.slice(0, shownMax).map(sampleWords)] : []),
    'Nothing was written. tandem run does this.',
  ].join('\n');
