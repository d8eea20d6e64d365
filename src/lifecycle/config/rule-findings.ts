import { type Expression, faultOfExpression, makeExpression } from '../../mapping/expression.ts';
import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';

/** A finding at a place of a file. */
export const errorAt = (
  source: YamlSource,
  path: KeyPath,
  what: string,
  why: string,
  fix: string,
): Finding => ({ level: 'error', file: source.file, ...source.placeOf(path), what, why, fix });

/** As an error, but one that stops nobody. */
export const noteAt = (...args: Parameters<typeof errorAt>): Finding => ({
  ...errorAt(...args),
  level: 'note',
});

/** Names whose fields are those of a record. */
const objects: ReadonlySet<string> = new Set(['contact', 'lead', 'account']);

/** The account is read when a lead is routed, and at no other time. */
const accountUnknown = (source: YamlSource, path: KeyPath, { fieldsOf }: Expression): Finding => {
  const [field] = fieldsOf('account');
  return errorAt(
    source,
    path,
    `${field === undefined ? 'account' : `account.${field}`} is not known here`,
    'the account is read when a lead is routed, so only rules of routing.yaml can go by it',
    'name a property of the contact that HubSpot keeps as its company has it, or a field of the lead',
  );
};

/** What is wrong with a CEL expression at a place: as such, or for it names something that is not there. */
export const expressionFindings = (
  source: YamlSource,
  path: KeyPath,
  text: string,
  names: readonly string[],
): readonly Finding[] => {
  const fault = faultOfExpression(text);
  const example = "an example is contact.country == 'DE' && score >= 50";
  if (fault !== null) {
    return [errorAt(source, path, 'this rule cannot be read', fault, `correct the expression; ${example}`)];
  }
  const read = makeExpression(text, 1).names;
  if (read.length === 0) {
    const why = 'it names nothing of the person, so it is the same for everybody';
    return [
      errorAt(source, path, 'this rule always gives the same answer', why, `name something; ${example}`),
    ];
  }
  return read
    .filter((name) => !names.includes(name))
    .map((name) => {
      if (name === 'account') return accountUnknown(source, path, makeExpression(text, 1));
      const what = `the rule names '${name}', which is not there`;
      const why = `the names are ${names.join(', ')}; fields stand behind ${names.filter((each) => objects.has(each)).join('. or ')}.`;
      const meant = didYouMean(name, names);
      return errorAt(source, path, what, why, `${meant}write contact.${name} if it is a HubSpot property`);
    });
};
