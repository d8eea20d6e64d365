import type { CountryCode } from 'libphonenumber-js/min';
import { additionalProperty } from '../model/additional-keys.ts';
import type { LifeEventPolicies } from '../model/life-events.ts';
import {
  type Conversion,
  type FieldMapping,
  type MatchRule,
  type PairMapping,
  type ScopeRule,
  type SourceClass,
  type SourceRanks,
  sourceClasses,
} from '../model/mapping.ts';
import type { Sides, System } from '../model/system.ts';
import { rolesField } from '../model/tie-text.ts';
import type { CodecOptions } from './codecs/codec-kind.ts';
import { makeRoleCodecs } from './codecs/contact-roles.ts';
import { makePlaceCodecs } from './codecs/pipeline-stage.ts';
import { noReferences, type ReferenceTable } from './codecs/reference.ts';
import { codecKinds } from './codecs/registry.ts';
import { makeConvertedRule } from './converted-rule.ts';
import type { MappingFile, MappingFileField } from './file-shape.ts';
import { withFills } from './fill.ts';
import { tiedTypes, tieRecords, tieTable } from './role-rules.ts';
import { makeScopeRule } from './scope-rule.ts';
import type { YamlSource } from './yaml-source.ts';

/** Who is who, by what is referred to (`owner`, or a mapping's name) and the object of Salesforce that refers to it: asked once per field, its tables whenever a value is read. */
export type References = (of: string, type: string) => ReferenceTable;

/** A field's options for its codec, on an object of Salesforce; `country` has been checked to be one that the phone library knows. */
export const codecOptions = (
  { country, scale, values, also, zone, of, ranges }: MappingFileField,
  references: References = () => noReferences,
  type = '',
): CodecOptions => ({
  ...(country === undefined ? {} : { country: country as CountryCode }),
  ...(scale === undefined ? {} : { scale }),
  ...(zone === undefined ? {} : { zone }),
  ...(of === undefined ? {} : { of, references: references(of, type) }),
  ...(also === undefined ? {} : { also }),
  ...(ranges === undefined ? {} : { ranges }),
  ...(values === undefined
    ? {}
    : { values: Object.fromEntries(Object.entries(values).map(([from, to]) => [from, String(to)])) }),
});

/** The fills of a field, without the keys that are not there. */
export const fillsOf = ({ fill }: MappingFileField): Partial<Sides<string>> => ({
  ...(fill.hubspot === undefined ? {} : { hubspot: fill.hubspot }),
  ...(fill.salesforce === undefined ? {} : { salesforce: fill.salesforce }),
});

/**
 * Names of the fields inside Tandem, which key the base: the HubSpot property. A property that has a second row gets the
 * Salesforce field added there, so that both have a base of their own.
 */
const namesOf = (fields: readonly MappingFileField[]): string[] => {
  const seen = new Set<string>();
  return fields.map(({ hubspot, salesforce }) => {
    const name = seen.has(hubspot) ? `${hubspot}>${salesforce}` : hubspot;
    seen.add(hubspot);
    return name;
  });
};

const buildField = (
  field: MappingFileField,
  name: string,
  line: number,
  type: string,
  references?: References,
): FieldMapping => {
  const fill = fillsOf(field);
  return {
    name,
    fields: { hubspot: field.hubspot, salesforce: field.salesforce },
    codecs: withFills(codecKinds[field.kind].make(codecOptions(field, references, type)), fill),
    kind: field.kind,
    direction: field.direction,
    conflict: field.conflict,
    tie: field.tie,
    blank: field.blank,
    first: field.first,
    fill,
    ...(field.group === undefined ? {} : { group: field.group }),
    ...(field.latch ? { latch: true } : {}),
    ...(field.codes === undefined ? {} : { currencyCodes: field.codes }),
    ...(field.ranges === undefined ? {} : { ranges: field.ranges }),
    ...(field.of === undefined
      ? {}
      : { reference: { of: field.of, values: codecOptions(field).values ?? {} } }),
    line,
  };
};

/** The lines of the admin's words on who is who, for messages. */
const withRowLines = (field: FieldMapping, lineOf: (row: string) => number): FieldMapping => {
  const { reference } = field;
  if (reference === undefined) return field;
  const lines = Object.fromEntries(Object.keys(reference.values).map((row) => [row, lineOf(row)]));
  return { ...field, reference: { ...reference, lines } };
};

/** Ranks by class: the later in the list, the lower; a class that is not named is below all that are. */
export const ranksOf = ({ ranks, known }: MappingFile['sources']): SourceRanks => {
  const places = ranks.map((place): readonly SourceClass[] => (Array.isArray(place) ? place : [place]));
  const rankOf = (source: SourceClass): number => {
    const place = places.findIndex((classes) => classes.includes(source));
    return place === -1 ? 0 : places.length - place;
  };
  const rank = Object.fromEntries(sourceClasses.map((source) => [source, rankOf(source)]));
  return { rank: rank as Record<SourceClass, number>, known };
};

/** True on a lead that was converted (Salesforce object reference, Lead: IsConverted). Only leads can be converted. */
const conversionFlag = 'IsConverted';

/**
 * The pair as it stands for converted records: fields by their names there, less those that have none. `fields` are those of both forms, with the
 * codecs of converted records: who can own them is not who can own a lead.
 */
const conversionOf = (
  own: PairMapping,
  fields: readonly FieldMapping[],
  content: MappingFile,
  line: number,
): Conversion | null => {
  if (content.converted === undefined) return null;
  const nameOf = new Map(
    content.fields.map((field) => [`${field.hubspot} ${field.salesforce}`, field.converted]),
  );
  const moved = <T extends Pick<FieldMapping, 'fields'>>(each: T): T[] => {
    const { hubspot, salesforce } = each.fields;
    const name = nameOf.get(`${hubspot} ${salesforce}`);
    return name === false ? [] : [{ ...each, fields: { hubspot, salesforce: name ?? salesforce } }];
  };
  // The rule of the first object names fields that converted records need not have.
  const { scope, ...common } = own;
  const form: PairMapping = {
    ...common,
    ...(scope?.hubspot === undefined ? {} : { scope: { hubspot: scope.hubspot } }),
    types: { ...own.types, salesforce: content.converted },
    match: own.match.flatMap(moved),
    fields: fields.flatMap(moved),
  };
  const { converted: rule } = content.create;
  return {
    flag: conversionFlag,
    form,
    ...(rule === undefined ? {} : { creates: makeConvertedRule(rule, line) }),
  };
};

const scopeOf = (source: YamlSource, { scope }: MappingFile): Pick<PairMapping, 'scope'> => {
  const ruleOf = (system: System) => {
    const text = scope[system];
    if (text === undefined) return {};
    return { [system]: makeScopeRule(text, source.placeOf(['scope', system]).line) };
  };
  const rules: Partial<Sides<ScopeRule>> = { ...ruleOf('hubspot'), ...ruleOf('salesforce') };
  return Object.keys(rules).length === 0 ? {} : { scope: rules };
};

const lifeEventsOf = ({ lifeEvents }: MappingFile): LifeEventPolicies => {
  const { flag, ...erasure } = lifeEvents.erasure;
  return {
    ...lifeEvents,
    erasure: {
      ...erasure,
      flag: {
        ...(flag.hubspot === undefined ? {} : { hubspot: flag.hubspot }),
        ...(flag.salesforce === undefined ? {} : { salesforce: flag.salesforce }),
      },
    },
  };
};

/** Contact roles as a field of the pair: no system has one of these names (HubSpot's are in small letters, Salesforce's are of a relationship). */
const roleField = (
  { contactRoles }: MappingFile,
  line: number,
  references: References = () => noReferences,
): readonly FieldMapping[] => {
  if (contactRoles === undefined) return [];
  const { of = '', direction, tie, roles, primary = null } = contactRoles;
  const ties = { of, types: tiedTypes, records: tieRecords, roles, primary };
  return [
    {
      name: rolesField,
      fields: { hubspot: rolesField, salesforce: 'OpportunityContactRoles' },
      codecs: makeRoleCodecs({ roles, primary }, references(tieTable(ties), ties.types.salesforce)),
      kind: 'contact-roles',
      direction,
      conflict: 'union',
      tie,
      blank: 'clears',
      first: 'union',
      fill: {},
      ties,
      line,
    },
  ];
};

/** Pipeline and stage as one field; no system has a field with a slash in its name. */
const placeField = ({ pipelines }: MappingFile, line: number): readonly FieldMapping[] => {
  if (pipelines === undefined) return [];
  const { hubspot, salesforce, direction, conflict, tie, first, table } = pipelines;
  const parts = {
    hubspot: [hubspot.pipeline, hubspot.stage],
    salesforce: [salesforce.recordType, salesforce.stage],
  } as const;
  const rows = table.map(({ recordType = null, ...row }) => ({ ...row, recordType }));
  return [
    {
      name: parts.hubspot.join('/'),
      fields: { hubspot: parts.hubspot.join('/'), salesforce: parts.salesforce.join('/') },
      codecs: makePlaceCodecs(rows),
      kind: 'pipeline-stage',
      direction,
      conflict,
      tie,
      blank: 'keeps',
      first,
      fill: {},
      parts,
      places: rows,
      line,
    },
  ];
};

/** A checked file as the mapping that the engine runs on. Call it only when the file has no findings. */
export const buildPair = (source: YamlSource, content: MappingFile, references?: References): PairMapping => {
  const names = namesOf(content.fields);
  const fieldsOn = (type: string): readonly FieldMapping[] =>
    content.fields.map((field, index) => {
      const { line } = source.placeOf(['fields', index]);
      const built = buildField(field, names[index] ?? field.hubspot, line, type, references);
      return withRowLines(built, (row) => source.placeOfKey(['fields', index, 'values'], row).line);
    });
  const fields = fieldsOn(content.salesforce);
  const match = content.match.flatMap((name): MatchRule[] => {
    const field = fields.find((candidate) => candidate.fields.hubspot === name);
    if (field === undefined) return [];
    const more = additionalProperty(content.hubspot, name);
    const { fields: sides, codecs, kind } = field;
    return [{ fields: sides, codecs, kind, ...(more === undefined ? {} : { more: { hubspot: more } }) }];
  });
  const own: PairMapping = {
    name: content.object,
    file: source.file,
    types: { hubspot: content.hubspot, salesforce: content.salesforce },
    identity: content.identity,
    identityLine: source.placeOfKey([], 'identity').line,
    match,
    ...(content.native.length === 0
      ? {}
      : { native: { fields: content.native, line: source.placeOfKey([], 'native').line } }),
    create: { hubspot: content.create.hubspot, salesforce: content.create.salesforce },
    primary: content.primary,
    duplicates: content.duplicates,
    fields: [
      ...fields.filter((_, index) => content.fields[index]?.only === undefined),
      ...placeField(content, source.placeOfKey([], 'pipelines').line),
      ...roleField(content, source.placeOfKey([], 'contactRoles').line, references),
    ],
    ...scopeOf(source, content),
    sources: ranksOf(content.sources),
    breakers: content.breakers,
    lifeEvents: lifeEventsOf(content),
    lifeEventsLine: source.placeOfKey([], 'lifeEvents').line,
    ...(content.consentNowhere === undefined
      ? {}
      : {
          consentNowhere: {
            names: content.consentNowhere,
            line: source.placeOfKey([], 'consentNowhere').line,
          },
        }),
  };
  const converted = content.converted === undefined ? [] : fieldsOn(content.converted);
  const conversion = conversionOf(own, converted, content, source.placeOf(['create', 'converted']).line);
  return conversion === null ? own : { ...own, conversion };
};
