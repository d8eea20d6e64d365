import { makeExpression } from '../../mapping/expression.ts';
import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { activityFields } from '../scoring/activity.ts';
import { activityNames, fitNames, readyNames } from '../scoring/model.ts';
import { errorAt, expressionFindings } from './rule-findings.ts';
import type { ScoringFile } from './scoring-shape.ts';

/** An expression with its names, and the names behind `lists.` and `event.`, which are known too. */
const ruleAt = (
  source: YamlSource,
  file: ScoringFile,
  path: KeyPath,
  text: string | undefined,
  names: readonly string[],
): readonly Finding[] => {
  if (text === undefined) return [];
  const findings = expressionFindings(source, path, text, names);
  if (findings.length > 0) return findings;
  const { fieldsOf } = makeExpression(text, 1);
  const known = { lists: Object.keys(file.lists), event: activityFields, email: ['address', 'domain'] };
  return Object.entries(known).flatMap(([name, fields]) =>
    fieldsOf(name)
      .filter((field) => !fields.some((each) => each === field))
      .map((field) => {
        const why = `${name} has ${fields.length === 0 ? 'nothing' : fields.join(', ')}`;
        return errorAt(
          source,
          path,
          `'${name}.${field}' is not there`,
          why,
          `${didYouMean(field, fields)}correct the name`,
        );
      }),
  );
};

const twice = (
  source: YamlSource,
  path: KeyPath,
  key: string,
  names: readonly string[],
): readonly Finding[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          errorAt(
            source,
            [...path, index, key],
            `'${name}' is there twice`,
            'one of the two could not be told from the other',
            'give one another name',
          ),
        ],
  );

const descending = (
  source: YamlSource,
  path: KeyPath,
  bars: Readonly<Record<string, number>>,
): readonly Finding[] => {
  const entries = Object.entries(bars);
  return entries.flatMap(([name, bar], index) => {
    const before = entries[index - 1];
    if (before === undefined || bar < before[1]) return [];
    const what = `${name} cannot be reached`;
    const why = `whoever has ${bar} points has ${before[1]} and is ${before[0]} already`;
    return [errorAt(source, [...path, name], what, why, `write less than ${before[1]}`)];
  });
};

const opensAlone = (source: YamlSource, { engagement }: ScoringFile): readonly Finding[] =>
  engagement.rules.flatMap(({ on, points }, index) => {
    if (!on.includes('emailOpen') || on.length === 1 || points < 0) return [];
    const why = 'opens never make ready, so they must be told from the rest';
    return [
      errorAt(
        source,
        ['engagement', 'rules', index, 'on'],
        'opens share a rule with something else',
        why,
        'give emailOpen a rule of its own',
      ),
    ];
  });

const oneApprover = (source: YamlSource, file: ScoringFile): readonly Finding[] =>
  file['sales-ready'].flatMap(({ version, approved }, index) => {
    if (approved.marketing.trim().toLowerCase() !== approved.sales.trim().toLowerCase()) return [];
    const what = `version '${version}' has one approver for both sides`;
    return [
      errorAt(
        source,
        ['sales-ready', index, 'approved', 'sales'],
        what,
        'each side agrees for itself',
        'name somebody of sales',
      ),
    ];
  });

const sameDay = (source: YamlSource, file: ScoringFile): readonly Finding[] => {
  const general = file['sales-ready'].map(({ from, pilot }) => (pilot === undefined ? from : null));
  return general.flatMap((from, index) => {
    const first = general.indexOf(from);
    if (from === null || first === index) return [];
    const what = 'two versions hold for everybody from the same day';
    const why = `'${file['sales-ready'][first]?.version}' does too, and nobody could say which one fires`;
    return [
      errorAt(source, ['sales-ready', index, 'from'], what, why, 'give one a later day, or make it a pilot'),
    ];
  });
};

const pilots = (source: YamlSource, file: ScoringFile): readonly Finding[] =>
  file['sales-ready'].flatMap(({ pilot, from, version }, index) => {
    if (pilot === undefined) return [];
    const path = ['sales-ready', index, 'pilot'];
    if (pilot.owners.length === 0 && pilot.segment === undefined && pilot.share === 0) {
      return [
        errorAt(
          source,
          path,
          `the pilot of '${version}' has nobody in it`,
          'it names no owners, segment or share',
          "write 'share: 10', or delete the pilot",
        ),
      ];
    }
    if (pilot.until !== undefined && pilot.until <= from) {
      return [
        errorAt(
          source,
          [...path, 'until'],
          `the pilot of '${version}' is over before it begins`,
          `it begins on ${from}`,
          'write a later day',
        ),
      ];
    }
    return [];
  });

const expressions = (source: YamlSource, file: ScoringFile): readonly Finding[] => {
  const at = (path: KeyPath, when: string | undefined, names: readonly string[]) =>
    ruleAt(source, file, path, when, names);
  return [
    ...file.fit.rules.flatMap(({ when }, i) => at(['fit', 'rules', i, 'when'], when, fitNames)),
    ...file.engagement.rules.flatMap(({ when }, i) =>
      at(['engagement', 'rules', i, 'when'], when, activityNames),
    ),
    ...file.excluded.flatMap(({ when }, i) => at(['excluded', i, 'when'], when, fitNames)),
    ...file.asks.flatMap(({ when }, i) => at(['asks', i, 'when'], when, activityNames)),
    ...file['sales-ready'].flatMap(({ when, pilot }, i) => [
      ...at(['sales-ready', i, 'when'], when, readyNames),
      ...at(['sales-ready', i, 'pilot', 'segment'], pilot?.segment, fitNames),
    ]),
  ];
};

/** Everything in scoring.yaml that its shape cannot say. */
export const checkScoringRules = (source: YamlSource, file: ScoringFile): readonly Finding[] => [
  ...expressions(source, file),
  ...twice(
    source,
    ['fit', 'rules'],
    'name',
    file.fit.rules.map(({ name }) => name),
  ),
  ...twice(
    source,
    ['engagement', 'rules'],
    'name',
    file.engagement.rules.map(({ name }) => name),
  ),
  ...twice(
    source,
    ['sales-ready'],
    'version',
    file['sales-ready'].map(({ version }) => version),
  ),
  ...descending(source, ['fit', 'grades'], file.fit.grades),
  ...descending(source, ['engagement', 'levels'], file.engagement.levels),
  ...opensAlone(source, file),
  ...oneApprover(source, file),
  ...sameDay(source, file),
  ...pilots(source, file),
];
