import { policiesOf } from '../model/life-events.ts';
import { apiFieldsOf, type FieldMapping, isPrimaryAssociation, type PairMapping } from '../model/mapping.ts';
import type { FieldDescription, ObjectDescription } from '../model/record.ts';
import { otherSystem, type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { addressFindings } from './check-addresses.ts';
import { currencyFindings } from './check-currencies.ts';
import { lengthFindings } from './check-lengths.ts';
import { nativeFindings } from './check-native.ts';
import { codecKinds } from './codecs/registry.ts';
import { writesTo } from './file-rules.ts';
import type { Finding } from './finding.ts';
import { kindFits } from './kind-fits.ts';
import { didYouMean } from './suggest.ts';

type Report = (level: Finding['level'], line: number, what: string, why: string, fix: string) => void;

/** `HubSpot contacts.email`, the form in which messages name a field. */
const label = (pair: PairMapping, system: System, field: string): string =>
  `${systemLabel[system]} ${pair.types[system]}.${field}`;

const hiddenHint: Sides<string> = {
  hubspot: 'there is no such property, or the private app has no scope for it',
  salesforce: 'there is no such field, or field-level security hides it from the integration user',
};

const checkThere = (
  pair: PairMapping,
  field: FieldMapping,
  sides: Sides<ObjectDescription>,
  report: Report,
): void => {
  for (const system of systems) {
    const name = field.fields[system];
    if (sides[system].fields.has(name)) continue;
    const fix = `${didYouMean(name, sides[system].fields.keys())}correct the name, or create the field and give access`;
    const why = `${field.latch ? 'consent has nowhere to go: ' : ''}${hiddenHint[system]}`;
    report('error', field.line, `${label(pair, system, name)} is not there`, why, fix);
  }
};

/** What is a part of something: an id, or one of a list that the table names. */
const partKind = 'part';

/** A field as the systems know it: ties are none; what is put together is two, whose values check-places.ts looks at. */
const asKnown = (field: FieldMapping): readonly FieldMapping[] => {
  const { parts, ties, ...own } = field;
  if (ties) return [];
  if (!parts) return [field];
  return [0, 1].map((at) => ({
    ...own,
    fields: { hubspot: parts.hubspot[at] ?? '', salesforce: parts.salesforce[at] ?? '' },
    codecs: codecKinds.text.make({}),
    kind: partKind,
  }));
};

/** A company that HubSpot shows in a property of its own is written as an association (sync/reference-system.ts). */
const isAssociation = (pair: PairMapping, field: FieldMapping, system: System): boolean =>
  system === 'hubspot' && isPrimaryAssociation(pair.types.hubspot, field);

/** What can go wrong when the field is written to this side. Both descriptions are known to be there. */
const checkTarget = (
  pair: PairMapping,
  field: FieldMapping,
  system: System,
  target: FieldDescription,
  source: FieldDescription,
  report: Report,
): void => {
  const name = label(pair, system, field.fields[system]);
  const from = systemLabel[otherSystem(system)];
  // A latch of a text is written to records that are there, never at creation.
  const isLater = field.latch === true && field.kind !== 'boolean' && target.updateOnly === true;
  if (!target.writable && field.latch && !isLater) {
    const why = 'consent has nowhere to go: the integration may not write it';
    report(
      'error',
      field.line,
      `${name} cannot be written`,
      why,
      'give the right, or map a field that can be',
    );
  } else if (!target.writable && !isLater && !isAssociation(pair, field, system)) {
    const why = `the direction is ${field.direction}, and the integration may not write it (read-only, calculated, or no right)`;
    report(
      'error',
      field.line,
      `${name} cannot be written`,
      why,
      `direction: to-${otherSystem(system)}, or give the right`,
    );
  }
  const isPart = field.kind === partKind;
  const why = isPart || isAssociation(pair, field, system) ? undefined : kindFits(field.kind, target.type);
  if (why !== undefined) {
    const fix = 'correct the kind, or map to a field of another type';
    report('error', field.line, `${name} (type ${target.type}) does not take kind ${field.kind}`, why, fix);
  }
  if (target.requiredOnCreate && pair.create[system] !== 'never' && field.fill[system] === undefined) {
    const what = `${name} is required at creation and has no fill`;
    report(
      'note',
      field.line,
      what,
      `records that are blank in ${from} cannot be created`,
      `add fill: { ${system}: '…' }`,
    );
  }
  checkOptions(name, field, target, source, system, report);
  if (system === 'hubspot') checkRanges(name, field, target, report);
};

/** The first of these values, and how many more there are. */
const shownOf = (values: readonly string[]): string =>
  `${values.slice(0, 5).join(', ')}${values.length > 5 ? ` and ${values.length - 5} more` : ''}`;

/** Values of a closed list that the other closed list does not know: they would be refused one by one. */
const checkOptions = (
  name: string,
  field: FieldMapping,
  target: FieldDescription,
  source: FieldDescription,
  system: System,
  report: Report,
): void => {
  const options = target.options;
  if (options === null || source.options === null) return;
  const refused = source.options.filter((option) => {
    const value = field.codecs[otherSystem(system)].decode(option);
    return value.kind === 'value' && !options.includes(String(field.codecs[system].encode(value)));
  });
  if (refused.length === 0) return;
  const fix = 'add them there, or map them with kind: enum and values:';
  report(
    'note',
    field.line,
    `${name} does not know ${shownOf(refused)}`,
    'a value outside its list is refused and parked',
    fix,
  );
};

/** A number is shown as an option of HubSpot's property: ranges that it does not have are refused, options that the mapping does not list are read as nothing. */
const checkRanges = (
  name: string,
  { line, ranges }: FieldMapping,
  { options }: FieldDescription,
  report: Report,
): void => {
  if (ranges === undefined || options === null) return;
  const refused = ranges.filter((label) => !options.includes(label));
  const unread = options.filter((option) => !ranges.includes(option));
  if (refused.length > 0) {
    const why = 'a number in such a range is refused and parked';
    const fix = `correct 'ranges' by the options there: ${shownOf(options)}`;
    report('note', line, `${name} does not know ${shownOf(refused)}`, why, fix);
  }
  if (unread.length > 0) {
    const why = 'numbers that it stands for are in no range, or in another one';
    report(
      'note',
      line,
      `'ranges' does not list ${shownOf(unread)}, which ${name} has`,
      why,
      "add it to 'ranges'",
    );
  }
};

const checkRequired = (pair: PairMapping, sides: Sides<ObjectDescription>, report: Report): void => {
  for (const system of systems) {
    if (pair.create[system] === 'never') continue;
    const written = pair.fields
      .filter((field) => writesTo(field.direction, system))
      .flatMap((field) => apiFieldsOf(field, system));
    for (const field of sides[system].fields.values()) {
      if (!field.requiredOnCreate || written.includes(field.name) || field.name === pair.identity[system])
        continue;
      const what = `${label(pair, system, field.name)} is required at creation and nothing writes it`;
      const fix = `map it, with a fill for records without a value; or create.${system}: never`;
      report(
        'error',
        pair.identityLine ?? 1,
        what,
        `every creation in ${systemLabel[system]} would be refused`,
        fix,
      );
    }
  }
};

const identityNeeds: Sides<string> = {
  hubspot: 'a single-line text property with unique values',
  salesforce: 'a text field of 32 characters, external id, unique',
};

/** Ids of the other system, with room for the number of a follower. */
const identityCharsMin = 32;

/** An identity field that two records can share, or that cuts ids, would tie strangers together. */
const checkIdentityKind = (
  pair: PairMapping,
  system: System,
  field: FieldDescription,
  report: Report,
): void => {
  const name = label(pair, system, field.name);
  const line = pair.identityLine ?? 1;
  if (field.unique === false) {
    const why = 'the other record is found by it, and two records could hold the same id';
    report('error', line, `${name} is not unique`, why, `make it ${identityNeeds[system]}`);
  }
  if (field.maxLength !== null && field.maxLength < identityCharsMin) {
    const what = `${name} takes ${field.maxLength} characters`;
    report('error', line, what, 'ids do not fit', `make it ${identityNeeds[system]}`);
  }
};

const checkIdentity = (pair: PairMapping, sides: Sides<ObjectDescription>, report: Report): void => {
  for (const system of systems) {
    const name = pair.identity[system];
    const field = sides[system].fields.get(name);
    if (field?.writable) {
      checkIdentityKind(pair, system, field, report);
      continue;
    }
    const what = `${label(pair, system, name)} ${field === undefined ? 'is not there' : 'cannot be written'}`;
    const fix = `${field === undefined ? didYouMean(name, sides[system].fields.keys()) : ''}create it (${identityNeeds[system]}) and give the integration the right to read and write it`;
    const why = 'links between the two systems are kept in it';
    report('error', pair.identityLine ?? 1, what, why, fix);
  }
};

/** A field that a scope names and nobody has would put everyone out of scope. */
const checkScope = (pair: PairMapping, sides: Sides<ObjectDescription>, report: Report): void => {
  for (const system of systems) {
    const rule = pair.scope?.[system];
    for (const name of rule?.fields ?? []) {
      if (sides[system].fields.has(name)) continue;
      const fix = `${didYouMean(name, sides[system].fields.keys())}correct the name in 'scope'`;
      const what = `${label(pair, system, name)}, which 'scope' names, is not there`;
      report('error', rule?.line ?? 1, what, hiddenHint[system], fix);
    }
  }
};

/** A property that `create.converted` names and nobody has makes a lead of everybody; a contact without an account is seen by few. */
const checkConvertedRule = (
  { types, conversion }: PairMapping,
  sides: Sides<ObjectDescription>,
  report: Report,
): void => {
  const rule = conversion?.creates;
  if (conversion === undefined || rule === undefined) return;
  for (const name of rule.fields.filter((each) => !sides.hubspot.fields.has(each))) {
    const fix = `${didYouMean(name, sides.hubspot.fields.keys())}correct the name in 'create.converted'`;
    const what = `${systemLabel.hubspot} ${types.hubspot}.${name}, which 'create.converted' names, is not there`;
    report('error', rule.line, what, hiddenHint.hubspot, fix);
  }
  const { form } = conversion;
  const isWritten = (name: string): boolean =>
    form.fields.some((field) => field.fields.salesforce === name && writesTo(field.direction, 'salesforce'));
  if (form.types.salesforce !== 'Contact' || isWritten('AccountId')) return;
  const what = `${systemLabel.salesforce} Contact.AccountId is not written by any field, and 'create.converted' makes contacts`;
  const why = 'a contact without an account is private: only its owner and admins see it';
  const fix = 'map it (associatedcompanyid, only: converted, kind: reference), or delete create.converted';
  report('note', rule.line, what, why, fix);
};

/** A box that nobody has would never erase anybody, and one that is none would be ticked by chance. */
const checkErasureFlag = (pair: PairMapping, sides: Sides<ObjectDescription>, report: Report): void => {
  for (const system of systems) {
    const name = policiesOf(pair).erasure.flag[system];
    if (name === undefined) continue;
    const field = sides[system].fields.get(name);
    const line = pair.lifeEventsLine ?? 1;
    if (field === undefined) {
      const fix = `${didYouMean(name, sides[system].fields.keys())}correct the name in 'lifeEvents.erasure.flag'`;
      const what = `${label(pair, system, name)}, which 'lifeEvents' names, is not there`;
      report('error', line, what, hiddenHint[system], fix);
    } else if (kindFits('boolean', field.type) !== undefined) {
      const what = `${label(pair, system, name)} (type ${field.type}) is no check box`;
      report('error', line, what, 'people are erased for it once it is ticked', 'name a check box');
    }
  }
};

/**
 * Holds a mapping against what both systems say of their objects. Pure. Findings of level `error` keep the pair from
 * running; a `note` tells what will be refused for some records.
 */
export const checkAgainstSchemas = (pair: PairMapping, sides: Sides<ObjectDescription>): Finding[] => {
  const findings: Finding[] = [];
  const report: Report = (level, line, what, why, fix) => {
    findings.push({ level, file: pair.file, line, what, why, fix });
  };
  checkIdentity(pair, sides, report);
  checkRequired(pair, sides, report);
  checkScope(pair, sides, report);
  checkConvertedRule(pair, sides, report);
  checkErasureFlag(pair, sides, report);
  for (const field of pair.fields.flatMap(asKnown)) {
    checkThere(pair, field, sides, report);
    for (const system of systems) {
      const target = sides[system].fields.get(field.fields[system]);
      const source = sides[otherSystem(system)].fields.get(field.fields[otherSystem(system)]);
      if (target === undefined || source === undefined || !writesTo(field.direction, system)) continue;
      checkTarget(pair, field, system, target, source, report);
    }
  }
  return [
    ...findings,
    ...nativeFindings(pair, sides),
    ...addressFindings(pair, sides),
    ...currencyFindings(pair, sides),
    ...lengthFindings(pair, sides),
  ];
};
