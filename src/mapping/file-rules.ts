import { isSupportedCountry } from 'libphonenumber-js/min';
import type { ConflictRule } from '../model/mapping.ts';
import { type System, systemLabel, systems } from '../model/system.ts';
import { codecOptions } from './build-pair.ts';
import type { CodecKind, CodecOption } from './codecs/codec-kind.ts';
import { isZone } from './codecs/day-in-zone.ts';
import { parseRange } from './codecs/range.ts';
import { codecKinds, kindNames } from './codecs/registry.ts';
import { checkConsentNowhere, optOutProperty } from './consents.ts';
import { checkConvertedRule } from './converted-rule.ts';
import type { MappingFile, MappingFileField } from './file-shape.ts';
import type { Finding } from './finding.ts';
import { checkPlaces } from './place-rules.ts';
import { checkRoles } from './role-rules.ts';
import { faultOfScope } from './scope-rule.ts';
import { didYouMean } from './suggest.ts';
import type { KeyPath, YamlSource } from './yaml-source.ts';

type Report = (path: KeyPath, what: string, why: string, fix: string) => void;

/** Whether a field's direction ever writes to this side. */
export const writesTo = (direction: MappingFileField['direction'], system: System): boolean =>
  direction === 'both' || direction === `to-${system}`;

/** The rules that need more of a kind than that its values are equal or not. */
const ruleNeeds: Partial<Record<ConflictRule, { of: (kind: CodecKind) => boolean; words: string }>> = {
  highest: { of: (kind) => kind.order === 'size', words: 'values that have a size' },
  lowest: { of: (kind) => kind.order === 'size', words: 'values that have a size' },
  earliest: { of: (kind) => kind.order === 'time', words: 'dates or moments' },
  union: { of: (kind) => kind.set, words: 'sets of values' },
};

const kindsThat = (fits: (kind: CodecKind) => boolean): string =>
  kindNames.filter((name) => fits(codecKinds[name])).join(', ');

const checkConflict = (field: MappingFileField, path: KeyPath, report: Report): void => {
  const need = ruleNeeds[field.conflict];
  if (need === undefined || need.of(codecKinds[field.kind])) return;
  report(
    [...path, 'conflict'],
    `field ${field.hubspot} cannot be settled by '${field.conflict}'`,
    `it needs ${need.words} (kind ${kindsThat(need.of)}), and this field's kind is ${field.kind}`,
    "use 'newest' or a rule that prefers a side, or correct the kind",
  );
};

/** Rules of a group's fields are its first field's; those that compare values cannot choose between two groups of values. */
const groupRules: ReadonlySet<ConflictRule> = new Set([
  'newest',
  'prefer-hubspot',
  'prefer-salesforce',
  'prefer-hubspot-unless-blank',
  'prefer-salesforce-unless-blank',
  'non-blank',
  'hold',
]);

const checkFirst = (field: MappingFileField, path: KeyPath, report: Report): void => {
  if (field.first === 'union' && !codecKinds[field.kind].set) {
    const kinds = kindsThat((kind) => kind.set);
    report(
      [...path, 'first'],
      `field ${field.hubspot} cannot be joined by 'union'`,
      `it needs sets of values (kind ${kinds}), and this field's kind is ${field.kind}`,
      "use 'newest' or a rule that prefers a side, or correct the kind",
    );
  }
  if (field.group !== undefined && (!groupRules.has(field.conflict) || field.first === 'union')) {
    report(
      [...path, groupRules.has(field.conflict) ? 'first' : 'conflict'],
      `field ${field.hubspot} of group ${field.group} has a rule for single values`,
      'a group is taken from one side as a whole',
      "use 'newest' or a rule that prefers a side, or take the field out of the group",
    );
  }
};

/** Every field of a group has the same rules, since one verdict is theirs. */
const checkGroups = (content: MappingFile, report: Report): void => {
  const leads = new Map<string, MappingFileField>();
  content.fields.forEach((field, index) => {
    if (field.group === undefined) return;
    const lead = leads.get(field.group);
    leads.set(field.group, lead ?? field);
    if (lead === undefined) return;
    for (const rule of ['conflict', 'first', 'tie', 'direction'] as const) {
      if (lead[rule] === field[rule]) continue;
      report(
        ['fields', index, rule],
        `${field.hubspot} has another '${rule}' than ${lead.hubspot}, and both are of group ${field.group}`,
        'a group is settled as one',
        `give both the same '${rule}'`,
      );
    }
  });
};

const checkOptions = (field: MappingFileField, path: KeyPath, report: Report): void => {
  const takes = codecKinds[field.kind].options;
  const given: readonly CodecOption[] = (
    ['country', 'scale', 'values', 'also', 'zone', 'of', 'ranges'] as const
  ).filter((name) => field[name] !== undefined);
  for (const name of given.filter((option) => !takes.includes(option))) {
    const kinds = kindsThat((kind) => kind.options.includes(name));
    const why = `only kind ${kinds} has one, and this field's kind is ${field.kind}`;
    report(
      [...path, name],
      `'${name}' of field ${field.hubspot} has no meaning`,
      why,
      'delete it, or correct the kind',
    );
  }
  if (field.country !== undefined && !isSupportedCountry(field.country)) {
    const what = `'${field.country}' is not a country that phone numbers are known of`;
    report([...path, 'country'], what, 'codes are those of ISO 3166', 'write US, GB, DE …');
  }
  if (field.zone !== undefined && !isZone(field.zone)) {
    const what = `'${field.zone}' is not a time zone`;
    report(
      [...path, 'zone'],
      what,
      'zones are those of the IANA list',
      'write Europe/Berlin, America/New_York …',
    );
  }
  if (field.kind === 'reference' && field.of === undefined) {
    const what = `field ${field.hubspot} does not say what it refers to`;
    report(
      [...path, 'kind'],
      what,
      'a reference is read by who is who',
      "add 'of: owner', or of: a mapping's name",
    );
  }
  checkRange(field, path, report);
  if (field.codes !== undefined && field.kind !== 'currency') {
    const why = `only kind currency has codes, and this field's kind is ${field.kind}`;
    report([...path, 'codes'], `'codes' of field ${field.hubspot} has no meaning`, why, 'delete it');
  }
  const semicolons = Object.entries(field.values ?? {}).flatMap(([from, to]) => [from, String(to)]);
  if (field.kind === 'multi-enum' && semicolons.some((value) => value.includes(';'))) {
    const what = `'values' of field ${field.hubspot} has a value with ';'`;
    report(
      [...path, 'values'],
      what,
      "';' stands between the members of a set",
      'list each member on its own',
    );
  }
};

/** A range says less than a number: it cannot go back. */
const checkRange = (field: MappingFileField, path: KeyPath, report: Report): void => {
  if (field.kind !== 'range') return;
  const wrong = (field.ranges ?? []).filter((label) => parseRange(label) === undefined);
  if (field.ranges === undefined || wrong.length > 0) {
    const what = `field ${field.hubspot} does not say its ranges`;
    const why = wrong.length > 0 ? `${wrong.join(', ')} is no range` : 'a number is shown as one of them';
    report(
      [...path, field.ranges === undefined ? 'kind' : 'ranges'],
      what,
      why,
      "list HubSpot's options: ranges: ['1-5', '5-25', '1000+']",
    );
  }
  if (field.direction !== 'to-hubspot') {
    const why = 'no number can be made of a range';
    report(
      [...path, 'direction'],
      `field ${field.hubspot} cannot go to Salesforce`,
      why,
      'direction: to-hubspot',
    );
  }
};

const checkFills = (field: MappingFileField, path: KeyPath, report: Report): void => {
  for (const system of systems) {
    const fill = field.fill[system];
    if (fill === undefined) continue;
    const place = [...path, 'fill', system];
    if (!writesTo(field.direction, system)) {
      const what = `the fill of field ${field.hubspot} for ${systemLabel[system]} is never written`;
      report(place, what, `its direction is ${field.direction}`, 'delete the fill, or change the direction');
    }
    const decoded = codecKinds[field.kind].make(codecOptions(field))[system].decode(fill);
    if (decoded.kind === 'value') continue;
    const why = decoded.kind === 'foreign' ? decoded.why : 'it is blank';
    report(
      place,
      `the fill of field ${field.hubspot} is no ${field.kind}`,
      why,
      'write a value of that kind',
    );
  }
};

/** Several rows may read one field, but only one may write it: two would overwrite each other for ever. */
const checkTargets = (content: MappingFile, report: Report): void => {
  for (const system of systems) {
    const writers = new Map<string, string>();
    content.fields.forEach((field, index) => {
      if (!writesTo(field.direction, system)) return;
      const target = field[system];
      const other = system === 'hubspot' ? field.salesforce : field.hubspot;
      const first = writers.get(target);
      if (first === undefined) {
        writers.set(target, other);
        return;
      }
      report(
        ['fields', index],
        `${systemLabel[system]} ${target} is written by two rows (${first} and ${other})`,
        'each would overwrite what the other wrote',
        `delete one row, or give one the direction that does not write to ${systemLabel[system]}`,
      );
    });
  }
};

const checkPairs = (content: MappingFile, report: Report): void => {
  const seen = new Set<string>();
  content.fields.forEach((field, index) => {
    const pair = `${field.hubspot} and ${field.salesforce}`;
    if (seen.has(pair)) {
      const why = 'a pair of fields has one row, which says all directions';
      report(['fields', index], `${pair} are mapped to each other twice`, why, 'delete one row');
    }
    seen.add(pair);
  });
};

const checkIdentity = (content: MappingFile, report: Report): void => {
  content.fields.forEach((field, index) => {
    for (const system of systems) {
      if (field[system] !== content.identity[system]) continue;
      const what = `${systemLabel[system]} ${field[system]} is the identity field and is mapped too`;
      report(
        ['fields', index, system],
        what,
        'Tandem alone writes it; a mapped value would cut the link',
        'delete the row',
      );
    }
  });
};

/** Only people are handed to sales, and only Salesforce is where sales works. */
const checkSalesReady = ({ create, hubspot }: MappingFile, report: Report): void => {
  if (create.hubspot === 'sales-ready') {
    report(
      ['create', 'hubspot'],
      'create.hubspot cannot be sales-ready',
      'the lifecycle hands people to sales, and sales works in Salesforce',
      'write matchable, always or never',
    );
  }
  if (create.salesforce === 'sales-ready' && hubspot !== 'contacts') {
    report(
      ['create', 'salesforce'],
      `create.salesforce is sales-ready, and ${hubspot} are no people`,
      'the lifecycle hands contacts to sales, and nothing else',
      'write matchable, always or never',
    );
  }
};

const checkMatch = (content: MappingFile, report: Report): void => {
  for (const system of systems) {
    if (content.match.length > 0 || content.create[system] !== 'matchable') continue;
    const why = 'a record that has no match key is never created';
    const what = `create.${system} is matchable, and there is nothing to match by`;
    report(['create', system], what, why, 'write always or never, or name a field in match');
  }
  const mapped = content.fields.map((field) => field.hubspot);
  content.match.forEach((name, index) => {
    const field = content.fields.find((candidate) => candidate.hubspot === name);
    if (field === undefined) {
      const why = 'only a mapped field says what it is called on the other side and what counts as equal';
      report(
        ['match', index],
        `match names '${name}', which is not mapped`,
        why,
        `${didYouMean(name, mapped)}add it to fields`,
      );
    } else if (!codecKinds[field.kind].findable) {
      const kinds = kindsThat((kind) => kind.findable);
      const why = `no system finds records by a ${field.kind}; kinds that work are ${kinds}`;
      report(
        ['match', index],
        `match names '${name}', whose kind is ${field.kind}`,
        why,
        'match on another field',
      );
    }
    if (content.match.indexOf(name) !== index) {
      report(['match', index], `match names '${name}' twice`, 'once is enough', 'delete one of the two');
    }
  });
};

/** The identity field is Tandem's own, and is read first in any case. */
const checkNative = ({ native, identity }: MappingFile, report: Report): void => {
  native.forEach((name, index) => {
    if (native.indexOf(name) !== index) {
      report(['native', index], `native names '${name}' twice`, 'once is enough', 'delete one of the two');
    }
    if (name !== identity.hubspot) return;
    const why = "it holds what Tandem writes, not what HubSpot's own integration has left";
    report(['native', index], `native names the identity property '${name}'`, why, 'delete it there');
  });
};

/** Names on the converted record: only where there is one, not for what records are found by, and each written by one row. */
const checkConverted = (content: MappingFile, report: Report): void => {
  const writers = new Map<string, string>();
  content.fields.forEach((field, index) => {
    const place = ['fields', index, 'converted'];
    if (field.converted !== undefined && content.converted === undefined) {
      const why = 'the mapping names no object for converted records';
      report(
        place,
        `'converted' of field ${field.hubspot} has no meaning`,
        why,
        "add 'converted: Contact' at the top, or delete it",
      );
    }
    if (field.only !== undefined && content.converted === undefined) {
      const why = 'the mapping names no object for converted records';
      report(
        ['fields', index, 'only'],
        `'only' of field ${field.hubspot} has no meaning`,
        why,
        "add 'converted: Contact' at the top, or delete the row",
      );
    }
    if (field.only !== undefined && (field.latch || content.match.includes(field.hubspot))) {
      report(
        ['fields', index, 'only'],
        `field ${field.hubspot} has to be on both objects`,
        field.latch ? 'consent is everybody’s' : 'records are found by it, whatever object they are of',
        "delete 'only'",
      );
    }
    if (field.converted === false) {
      if (!content.match.includes(field.hubspot)) return;
      const why = 'converted records could not be found by it';
      report(
        place,
        `match field ${field.hubspot} is missing on the converted record`,
        why,
        'name its field there',
      );
      return;
    }
    if (content.converted === undefined || !writesTo(field.direction, 'salesforce')) return;
    const name = field.converted ?? field.salesforce;
    const first = writers.get(name);
    if (first !== undefined) {
      const what = `Salesforce ${content.converted}.${name} is written by two rows (${first} and ${field.hubspot})`;
      report(
        ['fields', index],
        what,
        'each would overwrite what the other wrote',
        "give one 'converted: false'",
      );
    }
    writers.set(name, field.hubspot);
  });
};

/** A latch is consent, yes or no, and goes both ways; or a text that says so by being there (why mail bounced), and goes one way. */
const canLatch = ({ kind, direction, group }: MappingFileField): boolean =>
  group === undefined &&
  ((kind === 'boolean' && direction === 'both') || (kind === 'text' && direction !== 'both'));

/** HubSpot's own opt-out can only ever be given. */
const checkLatch = (field: MappingFileField, path: KeyPath, report: Report): void => {
  if (field.latch) {
    if (!canLatch(field)) {
      const why = 'a latch is true on both sides once it is true on one';
      const fix =
        "give it kind: boolean and direction: both, or kind: text and one direction, and no group; or delete 'latch'";
      report([...path, 'latch'], `field ${field.hubspot} cannot be a latch`, why, fix);
    }
  } else if (field.hubspot === optOutProperty && writesTo(field.direction, 'hubspot')) {
    const why = 'HubSpot lets people be opted out, and nobody but they themselves opts them in again';
    const fix = "add latch: true, or direction: to-salesforce, and opt-out in 'consentNowhere'";
    report(path, `field ${optOutProperty} is written to HubSpot and is no latch`, why, fix);
  }
};

const checkScope = (content: MappingFile, report: Report): void => {
  for (const system of systems) {
    const text = content.scope[system];
    const wrong = text === undefined ? null : faultOfScope(text);
    if (wrong === null) continue;
    const what = `the scope of ${systemLabel[system]} is no expression that can be used`;
    const fix = "write it in CEL over the record's API names; docs/admins/mapping.md has examples";
    report(['scope', system], what, wrong, fix);
  }
};

/** Salesforce's standard objects whose records tell when somebody last worked on them (object reference, LastActivityDate). */
const objectsWithActivity: ReadonlySet<string> = new Set(['Lead', 'Contact', 'Account', 'Opportunity']);

const checkPrimary = ({ primary, salesforce }: MappingFile, report: Report): void => {
  if (primary !== 'most-recently-active' || objectsWithActivity.has(salesforce)) return;
  report(
    ['primary'],
    `${salesforce} does not tell when it was last worked on`,
    `only ${[...objectsWithActivity].join(', ')} have a LastActivityDate`,
    "write 'oldest'",
  );
};

/** Everything that is wrong with a file whose shape is right. */
export const checkFileRules = (source: YamlSource, content: MappingFile): Finding[] => {
  const findings: Finding[] = [];
  const report: Report = (path, what, why, fix) => {
    findings.push({ level: 'error', file: source.file, ...source.placeOf(path), what, why, fix });
  };
  content.fields.forEach((field, index) => {
    const path = ['fields', index];
    checkConflict(field, path, report);
    checkFirst(field, path, report);
    checkOptions(field, path, report);
    checkFills(field, path, report);
    checkLatch(field, path, report);
  });
  checkScope(content, report);
  checkGroups(content, report);
  checkPairs(content, report);
  checkTargets(content, report);
  checkIdentity(content, report);
  checkMatch(content, report);
  checkNative(content, report);
  checkSalesReady(content, report);
  checkConverted(content, report);
  checkConvertedRule(content, report);
  checkPrimary(content, report);
  checkRoles(content, report);
  checkPlaces(content, report);
  checkConsentNowhere(content, report);
  return findings;
};
