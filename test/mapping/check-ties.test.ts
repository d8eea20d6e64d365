import { expect, it } from 'vitest';
import { checkTieLabels, unseenTies } from '../../src/mapping/check-ties.ts';
import { formatFindings } from '../../src/mapping/finding.ts';
import { tieFields } from '../../src/model/mapping.ts';
import { mirrorMappings } from '../mirror.ts';

const deals = mirrorMappings.pairs.find(({ name }) => name === 'deals');
const [shipped] = deals ? tieFields(deals) : [];
if (!deals || !shipped) throw new Error('the mirror has contact roles');
const field = {
  ...shipped,
  ties: { ...shipped.ties, roles: { Boss: 'Decision Maker', Payer: 'Economic Buyer' }, primary: 'First' },
};

it('a label that HubSpot does not have is an error, a role outside the list is a note', () => {
  const findings = checkTieLabels(deals, field, {
    hubspot: ['Bos', 'Payer'],
    salesforce: ['Decision Maker', 'Influencer'],
  });
  expect(findings.map(({ level, line }) => [level, line])).toEqual([
    ['error', shipped.line],
    ['error', shipped.line],
    ['note', shipped.line],
  ]);
  expect(formatFindings(findings)).toMatch(
    /HubSpot deals to contacts has no label 'Boss'.*did you mean 'Bos'/,
  );
  expect(formatFindings(findings)).toMatch(/no label 'First'/);
  expect(formatFindings(findings)).toMatch(/OpportunityContactRole has no role 'Economic Buyer'/);
});

it('nothing is to be said where everything is there, or a side takes anything', () => {
  const hubspot = ['Boss', 'Payer', 'First', 'Other'];
  expect(checkTieLabels(deals, field, { hubspot, salesforce: null })).toEqual([]);
  expect(checkTieLabels(deals, shipped, { hubspot: [], salesforce: [] })).toEqual([]);
});

it('ties that cannot be seen are an error, with what the vendor says', () => {
  const failure = {
    category: 'schema',
    system: 'salesforce',
    code: 'NOT_FOUND',
    message: 'no',
    fields: [],
  } as const;
  expect(formatFindings([unseenTies(deals, field, 'salesforce', failure)])).toMatch(
    /contact roles of Salesforce Opportunity cannot be seen — NOT_FOUND: no/,
  );
});
