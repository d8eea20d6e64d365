import { currencyFieldOf, hubspotCurrency, isCurrencyCode, salesforceCurrency } from '../model/currency.ts';
import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { ObjectDescription } from '../model/record.ts';
import { type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { writesTo } from './file-rules.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';

/** The field by which an object is seen to have amounts in several currencies; null where it has one. */
const severalIn = ({ fields }: ObjectDescription, system: System): string | null => {
  if (system === 'salesforce') return fields.has(salesforceCurrency) ? salesforceCurrency : null;
  return (fields.get(hubspotCurrency)?.options?.length ?? 0) > 1 ? hubspotCurrency : null;
};

const withoutCodes = (
  pair: PairMapping,
  field: FieldMapping,
  sides: Sides<ObjectDescription>,
): readonly Finding[] => {
  const several = systems.flatMap((system) => {
    const name = severalIn(sides[system], system);
    return name === null ? [] : [{ system, name }];
  });
  const [first] = several;
  if (first === undefined) return [];
  const nameOn = (system: System): string => several.find((each) => each.system === system)?.name ?? 'USD';
  return [
    {
      level: 'error',
      file: pair.file,
      line: field.line,
      what: `${systemLabel[first.system]} ${pair.types[first.system]} has amounts in several currencies, and ${field.name} does not say which`,
      why: 'a hundred of one currency would become a hundred of another',
      fix: `add codes: { hubspot: ${nameOn('hubspot')}, salesforce: ${nameOn('salesforce')} } (a field, or the one currency of that side), or kind: number where all amounts are in one currency all the same`,
    },
  ];
};

const withCodes = (
  pair: PairMapping,
  field: FieldMapping,
  codes: Sides<string>,
  sides: Sides<ObjectDescription>,
): readonly Finding[] => {
  const findings: Finding[] = [];
  const add = (level: Finding['level'], what: string, why: string, fix: string): void => {
    findings.push({ level, file: pair.file, line: field.line, what, why, fix });
  };
  for (const system of systems) {
    const name = codes[system];
    if (isCurrencyCode(name) || sides[system].fields.has(name)) continue;
    const hint = didYouMean(name, sides[system].fields.keys());
    add(
      'error',
      `${systemLabel[system]} ${pair.types[system]}.${name}, which 'codes' names, is not there`,
      system === 'salesforce' && name === salesforceCurrency
        ? 'the org has one currency, or the integration does not see it'
        : 'there is no such field, or the integration does not see it',
      `${hint}correct the name, or write the one currency of that side, e.g. USD`,
    );
  }
  if (systems.some((system) => isCurrencyCode(codes[system]))) return findings;
  const currency = currencyFieldOf(field, pair.fields);
  const created = systems.filter((system) => pair.create[system] !== 'never');
  const missing = created.find((system) => currency === undefined || !writesTo(currency.direction, system));
  if (missing !== undefined && writesTo(field.direction, missing)) {
    add(
      'note',
      `a new record in ${systemLabel[missing]} gets the integration's own currency, and ${field.name} only where that is the same`,
      'nothing carries the currency there',
      `map { hubspot: ${codes.hubspot}, salesforce: ${codes.salesforce}, kind: enum } in one group with it`,
    );
  } else if (currency !== undefined && (field.group === undefined || currency.group !== field.group)) {
    add(
      'note',
      `${field.name} and its currency are not in one group`,
      'an amount waits while its currency differs, and each could come from another side',
      'give both the same group',
    );
  }
  return findings;
};

/** What would mix amounts of two currencies. Pure. */
export const currencyFindings = (pair: PairMapping, sides: Sides<ObjectDescription>): readonly Finding[] =>
  pair.fields
    .filter(({ kind }) => kind === 'currency')
    .flatMap((field) =>
      field.currencyCodes === undefined
        ? withoutCodes(pair, field, sides)
        : withCodes(pair, field, field.currencyCodes, sides),
    );
