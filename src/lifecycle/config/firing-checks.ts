import type { Expression } from '../../mapping/expression.ts';
import type { Finding } from '../../mapping/finding.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import type { RoutingModel } from '../routing/model.ts';
import { activityTypes } from '../scoring/activity.ts';
import { type EngagementRule, grades, levels, type ScoringModel } from '../scoring/model.ts';
import { withoutOpens } from '../scoring/score.ts';
import type { SlaModel } from '../sla/model.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { stages } from '../stage/stages.ts';
import { errorAt } from './rule-findings.ts';
import { type Domains, firingOf } from './satisfiable.ts';

const at = (
  file: string,
  { line }: Expression,
  level: Finding['level'],
  what: string,
  why: string,
  fix: string,
): Finding => ({ level, file, line, what, why, fix });

const positive = (rules: readonly { readonly points: number }[]): number =>
  rules.reduce((sum, { points }) => sum + Math.max(points, 0), 0);
const mostOf = (rules: readonly EngagementRule[]): number =>
  // Without a cap of its own a rule gives as much as somebody likes to do.
  rules.reduce((sum, { points, cap }) => sum + (points > 0 ? cap : 0), 0);

/** What a score can be at most, opens left out: what no bar may ask for more than. */
export const reachOf = (model: ScoringModel) => {
  const fit = Math.min(model.fit.cap, positive(model.fit.rules));
  const engagement = Math.min(model.engagement.cap, mostOf(model.engagement.rules.filter(withoutOpens)));
  return {
    fit,
    engagement,
    score: model.from === null ? Math.min(100, fit + engagement) : 100,
    grades: grades.filter((grade) => grade === 'D' || fit >= model.fit.grades[grade]),
    levels: levels.filter((level) => level === 4 || engagement >= model.engagement.levels[level]),
  };
};

/** The values that a score can have around what a rule asks for; every whole number would be too many combinations. */
const nearby = (expression: Expression, from: number, to: number): readonly number[] => {
  const named = expression.literals.flatMap((literal) =>
    typeof literal === 'number' ? [literal - 1, literal, literal + 1] : [],
  );
  return [...new Set([from, to, ...named])].filter((value) => value >= from && value <= to);
};

const readyDomains = (model: ScoringModel, expression: Expression): Domains => {
  const reach = reachOf(model);
  return {
    score: nearby(expression, 0, reach.score),
    fit: reach.grades,
    engagement: reach.levels,
    fit_points: nearby(expression, -model.fit.cap, reach.fit),
    engagement_points: nearby(expression, -model.engagement.cap, reach.engagement),
  };
};

const definitionFindings = (file: string, model: ScoringModel): readonly Finding[] =>
  model.definitions.flatMap(({ version, when }): readonly Finding[] => {
    const firing = firingOf(when, readyDomains(model, when), listTexts(model));
    const reach = reachOf(model);
    if (firing === 'never') {
      const why = `the best that anybody can have is fit ${reach.grades[0]}, engagement ${reach.levels[0]}, score ${reach.score} (opens left out)`;
      return [
        at(
          file,
          when,
          'error',
          `version '${version}' is never met`,
          why,
          'lower the bar, or give more points',
        ),
      ];
    }
    if (firing !== 'always') return [];
    const why = 'even somebody of fit D and engagement 4 with a score of 0 meets it';
    return [
      at(
        file,
        when,
        'error',
        `version '${version}' is met by everybody`,
        why,
        "ask for something, as fit in ['A', 'B'] && engagement <= 2",
      ),
    ];
  });

/** One weakest thing that somebody can do: who is ready by it comes back from every return at once. */
const cheapReady = (file: string, model: ScoringModel): readonly Finding[] => {
  const cheapest = model.engagement.rules
    .filter((rule) => rule.points > 0 && withoutOpens(rule))
    .reduce<EngagementRule | null>(
      (least, rule) => (least === null || rule.points < least.points ? rule : least),
      null,
    );
  if (cheapest === null) return [];
  const points = Math.min(cheapest.points, cheapest.cap, model.engagement.cap);
  const level = ([1, 2, 3] as const).find((each) => points >= model.engagement.levels[each]) ?? 4;
  const reach = reachOf(model);
  return model.definitions.flatMap(({ version, when }): readonly Finding[] => {
    const best = {
      fit: reach.grades[0],
      fit_points: reach.fit,
      engagement: level,
      engagement_points: points,
      score: Math.round(reach.fit + points),
    };
    if (model.from !== null || !when.holds({ ...best, lists: model.lists })) return [];
    const example = `a person of fit ${best.fit}: ready · returned · one '${cheapest.name}' (${points} points) · ready again`;
    return [
      at(
        file,
        when,
        'error',
        `version '${version}' sends people round and round`,
        example,
        'ask for engagement too, as engagement <= 2',
      ),
    ];
  });
};

const listTexts = ({ lists }: ScoringModel): readonly string[] =>
  Object.values(lists).flatMap((list) => list.slice(0, 2));

const eventDomains = (types: ReadonlySet<string>): readonly unknown[] => [...types];

interface NamedRule {
  readonly name: string;
  readonly when: Expression | null;
}

/** Rules that are for somebody: who are for all or for none say nothing. */
const plainFindings = (
  file: string,
  rules: readonly NamedRule[],
  extra: readonly unknown[],
  names: { readonly lists: unknown } | null,
  onAlways: Finding['level'] = 'note',
): readonly Finding[] =>
  rules.flatMap(({ name, when }): readonly Finding[] => {
    if (when === null) return [];
    const domains: Domains = names === null ? {} : { lists: [names.lists] };
    const firing = firingOf(when, domains, extra);
    if (firing === 'never') {
      const why = `nobody can meet '${when.text}': it was tried on every value that it names, their neighbours and none at all`;
      return [at(file, when, 'note', `'${name}' never fires`, why, 'correct the rule, or delete it')];
    }
    if (firing !== 'always') return [];
    const why = `everybody meets '${when.text}', even somebody of whom nothing is known`;
    return [at(file, when, onAlways, `'${name}' always fires`, why, 'correct the rule, or delete it')];
  });

/** The same condition, however it is spaced; two rules without one are for the same, too. */
const isSameWhen = (a: Expression | null, b: Expression | null): boolean => {
  const [one, other] = [a, b].map((when) =>
    when === null ? null : when.text.replaceAll(/\s+/g, ' ').trim(),
  );
  return one === other;
};

const isUpAndDown = (a: { readonly points: number }, b: { readonly points: number }): boolean =>
  a.points * b.points < 0;

/** The same people get and lose points for the same thing: for what they are, or for what they do. */
const contradictions = (source: YamlSource, { fit, engagement }: ScoringModel): readonly Finding[] => {
  const error = (
    path: KeyPath,
    rule: NamedRule & { readonly points: number },
    other: NamedRule & { readonly points: number },
    whom: string,
  ): Finding =>
    errorAt(
      source,
      path,
      `'${rule.name}' contradicts '${other.name}'`,
      `'${other.name}' gives ${other.points} and '${rule.name}' ${rule.points} ${whom}`,
      'keep one of the two',
    );
  const ofFit = fit.rules.flatMap((rule, index): readonly Finding[] => {
    const other = fit.rules
      .slice(0, index)
      .find((each) => isSameWhen(each.when, rule.when) && isUpAndDown(each, rule));
    if (other === undefined) return [];
    return [error(['fit', 'rules', index, 'when'], rule, other, `to whoever meets '${rule.when.text}'`)];
  });
  const ofEngagement = engagement.rules.flatMap((rule, index): readonly Finding[] => {
    const other = engagement.rules
      .slice(0, index)
      .find(
        ({ on, when, points }) =>
          isSameWhen(when, rule.when) &&
          isUpAndDown({ points }, rule) &&
          [...on].some((type) => rule.on.has(type)),
      );
    if (other === undefined) return [];
    const both = [...rule.on].filter((type) => other.on.has(type)).join(', ');
    const { when } = rule;
    const which = when === null ? '' : ` that meets '${when.text}'`;
    const path = ['engagement', 'rules', index, when === null ? 'name' : 'when'];
    return [error(path, rule, other, `for the same ${both}${which}`)];
  });
  return [...ofFit, ...ofEngagement];
};

/** Everything in scoring.yaml that never or always fires, contradicts another rule, or loops. */
export const scoringFirings = (source: YamlSource, model: ScoringModel): readonly Finding[] => {
  const { file } = source;
  const types = [...eventDomains(new Set(activityTypes)), ...listTexts(model)];
  return [
    ...definitionFindings(file, model),
    ...cheapReady(file, model),
    ...plainFindings(file, model.fit.rules, listTexts(model), model),
    ...plainFindings(file, model.engagement.rules, types, model),
    ...plainFindings(file, model.excluded, listTexts(model), model, 'error'),
    ...plainFindings(file, model.asks, listTexts(model), model),
    ...contradictions(source, model),
  ];
};

/** Rules of entry that let nobody in, or keep nobody out. */
export const lifecycleFirings = (file: string, definition: LifecycleDefinition): readonly Finding[] =>
  stages.flatMap((stage): readonly Finding[] => {
    const { entry } = definition.stages[stage];
    if (entry === null) return [];
    const domains: Domains = {
      score: nearby(entry, 0, 100),
      fit: grades,
      engagement: levels,
      asked: [true, false],
    };
    const firing = firingOf(entry, domains);
    if (firing === 'never') {
      const why = `nobody can meet '${entry.text}'`;
      return [
        at(
          file,
          entry,
          'error',
          `nobody ever enters '${stage}'`,
          why,
          'correct the rule, or leave the stage out',
        ),
      ];
    }
    return firing === 'always'
      ? [
          at(
            file,
            entry,
            'note',
            `everybody enters '${stage}'`,
            `everybody meets '${entry.text}'`,
            'correct the rule, or leave the stage out',
          ),
        ]
      : [];
  });

/** Routes that nobody takes, and those behind one that everybody takes. */
export const routingFirings = (file: string, model: RoutingModel): readonly Finding[] =>
  model.rules.flatMap(({ name, when }, index): readonly Finding[] => {
    const domains: Domains = { score: nearby(when, 0, 100), fit: grades, engagement: levels };
    const firing = firingOf(when, domains);
    if (firing === 'never') {
      return [
        at(
          file,
          when,
          'note',
          `rule '${name}' never fires`,
          `nobody can meet '${when.text}'`,
          'correct the rule, or delete it',
        ),
      ];
    }
    const behind = model.rules.slice(index + 1).map((rule) => `'${rule.name}'`);
    if (firing !== 'always' || behind.length === 0) return [];
    const why = `everybody meets '${when.text}', so ${behind.join(', ')} are asked only when nobody there can take a lead`;
    return [
      at(file, when, 'note', `rule '${name}' always fires`, why, 'move it to the end, or use otherwise'),
    ];
  });

/** A pause that always holds is a clock that never runs. */
export const slaFirings = (file: string, model: SlaModel): readonly Finding[] =>
  plainFindings(file, model.pauses, [...stages], null, 'error');
