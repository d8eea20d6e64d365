import type { Expression } from '../../mapping/expression.ts';
import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import { isCompanies, type PairMapping, plainFields } from '../../model/mapping.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { type System, systemLabel } from '../../model/system.ts';
import { stages } from '../stage/stages.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

/** The objects whose fields rules name, and where each stands. */
export const ruleObjects = {
  contact: { system: 'hubspot', type: 'contacts' },
  lead: { system: 'salesforce', type: 'Lead' },
  account: { system: 'salesforce', type: 'Account' },
} as const satisfies Readonly<Record<string, { readonly system: System; readonly type: string }>>;
export type RuleObject = keyof typeof ruleObjects;

/** What the systems say of them; one that could not be described is left out, and nothing is said of it. */
export type RuleSchemas = Readonly<Partial<Record<RuleObject, ObjectDescription>>>;

interface Rule {
  readonly source: YamlSource;
  readonly expression: Expression;
}

const rulesOf = ({
  lifecycle,
  scoring,
  routing,
  sla,
  content,
  sources,
}: LoadedLifecycle): readonly Rule[] => {
  const from = (
    source: YamlSource | undefined,
    expressions: readonly (Expression | null | undefined)[],
  ): Rule[] =>
    source === undefined
      ? []
      : expressions.flatMap((expression) => (expression ? [{ source, expression }] : []));
  return [
    ...from(
      sources['lifecycle.yaml'],
      stages.map((stage) => lifecycle?.stages[stage].entry),
    ),
    ...from(sources['scoring.yaml'], [
      ...(scoring?.fit.rules ?? []).map(({ when }) => when),
      ...(scoring?.excluded ?? []).map(({ when }) => when),
      ...(scoring?.definitions ?? []).flatMap(({ when, pilot }) => [when, pilot?.segment]),
    ]),
    ...from(sources['routing.yaml'], [...(routing?.rules ?? []).map(({ when }) => when), routing?.sdr?.when]),
    ...from(
      sources['sla.yaml'],
      (sla?.pauses ?? []).map(({ when }) => when),
    ),
    ...from(
      sources['content.yaml'],
      [...(content?.segments ?? []), ...(content?.personas ?? [])].map(({ when }) => when),
    ),
  ];
};

const isRuleObject = (name: string): name is RuleObject => Object.hasOwn(ruleObjects, name);
/** The objects that have to be described: those that a rule names, and the ones whose values show stages. */
export const objectsNamed = (loaded: LoadedLifecycle): readonly RuleObject[] => {
  if (loaded.lifecycle === null) return [];
  const named = rulesOf(loaded).flatMap(({ expression }) => expression.names.filter(isRuleObject));
  return [...new Set<RuleObject>(['contact', 'lead', ...named])];
};

const labelOf = (object: RuleObject, field: string): string =>
  `${systemLabel[ruleObjects[object].system]} ${ruleObjects[object].type}.${field}`;

const fieldFindings = ({ source, expression }: Rule, schemas: RuleSchemas): readonly Finding[] =>
  expression.names.filter(isRuleObject).flatMap((object): readonly Finding[] => {
    const known = schemas[object]?.fields;
    if (known === undefined) return [];
    return expression
      .fieldsOf(object)
      .filter((field) => !known.has(field))
      .map((field) => ({
        level: 'error',
        file: source.file,
        line: expression.line,
        what: `${labelOf(object, field)} is not there`,
        why: `'${expression.text}' would hold for nobody by it`,
        fix: `${didYouMean(field, known.keys())}correct the name, or give the integration access to it`,
      }));
  });

/**
 * Fields of the account that rules name and no mapping of companies reads: they would be blank for everybody, whatever Salesforce has. `pairs` are all
 * mappings. Pure.
 */
export const checkAccountFields = (
  loaded: LoadedLifecycle,
  pairs: readonly PairMapping[],
): readonly Finding[] => {
  const companies = pairs.find(isCompanies);
  const read = companies === undefined ? [] : plainFields(companies).map(({ fields }) => fields.salesforce);
  return rulesOf(loaded).flatMap(({ source, expression }) =>
    expression
      .fieldsOf('account')
      .filter((field) => !read.includes(field))
      .map((field) => ({
        level: 'error',
        file: source.file,
        line: expression.line,
        what: `account.${field} is not known here`,
        why: companies === undefined ? 'no mapping reads accounts' : `${companies.file} does not map it`,
        fix:
          companies === undefined
            ? 'add a mapping of companies and accounts, or go by the contact'
            : `${didYouMean(field, read)}add ${field} to its fields, or name one that is there`,
      })),
  );
};

/** The values that show a stage have to be ones that the company's own fields take. */
const shownFindings = ({ lifecycle, sources }: LoadedLifecycle, schemas: RuleSchemas): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (lifecycle === null || source === undefined) return [];
  const shown = [
    { key: 'lifecyclestage', object: 'contact', field: 'lifecyclestage' },
    { key: 'leadStatus', object: 'contact', field: 'hs_lead_status' },
    { key: 'salesforceStatus', object: 'lead', field: 'Status' },
  ] as const;
  return stages.flatMap((stage) =>
    shown.flatMap(({ key, object, field }): readonly Finding[] => {
      const value = lifecycle.stages[stage][key];
      const described = schemas[object]?.fields.get(field);
      const choices = described?.options ?? described?.choices?.map((choice) => choice.value) ?? [];
      if (value === null || choices.length === 0 || choices.includes(value)) return [];
      const what = `${labelOf(object, field)} has no value '${value}'`;
      const fix = `${didYouMean(value, choices)}write one of ${choices.join(', ')}`;
      return [errorAt(source, ['stages', stage, key], what, `it could not show '${stage}'`, fix)];
    }),
  );
};

const propertyFindings = (
  { scoring, sources }: LoadedLifecycle,
  schemas: RuleSchemas,
): readonly Finding[] => {
  const source = sources['scoring.yaml'];
  const known = schemas.contact?.fields;
  if (source === undefined || known === undefined || (scoring?.from ?? null) === null) return [];
  const from = scoring?.from ?? '';
  const path = ['score', 'from'];
  const found = known.get(from);
  if (found === undefined) {
    return [
      errorAt(
        source,
        path,
        `${labelOf('contact', from)} is not there`,
        'every score would be 0',
        `${didYouMean(from, known.keys())}correct the name`,
      ),
    ];
  }
  return found.type === 'number'
    ? []
    : [
        noteAt(
          source,
          path,
          `${labelOf('contact', from)} is no number`,
          `it is ${found.type}; what is no number counts 0`,
          'name a property of numbers',
        ),
      ];
};

const campaignFindings = (
  { lifecycle, sources }: LoadedLifecycle,
  schemas: RuleSchemas,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  const known = schemas.contact?.fields;
  const from = lifecycle?.campaigns?.from ?? null;
  if (source === undefined || known === undefined || from === null || known.has(from)) return [];
  return [
    errorAt(
      source,
      ['hand-off', 'campaigns', 'from'],
      `${labelOf('contact', from)} is not there`,
      'nobody would become a member of a campaign by it',
      `${didYouMean(from, known.keys())}correct the name, or take it away`,
    ),
  ];
};

/** Properties by which stages are compared: without them nobody is compared by it. */
const signalFindings = (
  { lifecycle, sources }: LoadedLifecycle,
  schemas: RuleSchemas,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  const known = schemas.contact?.fields;
  if (lifecycle === null || source === undefined || known === undefined) return [];
  return (['source', 'segment'] as const).flatMap((key) => {
    const field = lifecycle.signals[key];
    if (field === null || known.has(field)) return [];
    const what = `${labelOf('contact', field)} is not there`;
    const fix = `${didYouMean(field, known.keys())}name a property with few values`;
    return [errorAt(source, ['signals', key], what, `no stage would be compared by ${key}`, fix)];
  });
};

/** Without the property of languages everybody would be taken to read the one of those who have none. */
const languageFindings = (
  { content, sources }: LoadedLifecycle,
  schemas: RuleSchemas,
): readonly Finding[] => {
  const source = sources['content.yaml'];
  const known = schemas.contact?.fields;
  if (content === null || source === undefined || known === undefined) return [];
  const { from, otherwise } = content.language;
  if (known.has(from) || content.pieces.every(({ language }) => language === null)) return [];
  const why = `everybody would be taken to read '${otherwise}'`;
  const fix = `${didYouMean(from, known.keys())}name a property of languages`;
  return [errorAt(source, ['language', 'from'], `${labelOf('contact', from)} is not there`, why, fix)];
};

/** Holds the lifecycle's files against what the systems say of their fields. Pure. */
export const checkRuleFields = (loaded: LoadedLifecycle, schemas: RuleSchemas): readonly Finding[] => [
  ...rulesOf(loaded).flatMap((rule) => fieldFindings(rule, schemas)),
  ...shownFindings(loaded, schemas),
  ...propertyFindings(loaded, schemas),
  ...campaignFindings(loaded, schemas),
  ...signalFindings(loaded, schemas),
  ...languageFindings(loaded, schemas),
];
