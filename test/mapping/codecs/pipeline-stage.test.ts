import { describe, expect, it } from 'vitest';
import { makePlaceCodecs } from '../../../src/mapping/codecs/pipeline-stage.ts';
import { joinParts, partText, splitParts } from '../../../src/model/part-text.ts';

const news = '012000000000001AAA';
const renewals = '012000000000002AAA';
const codecs = makePlaceCodecs([
  {
    ...{ pipeline: 'default', recordType: news, also: { 'Needs Analysis': 'new' } },
    stages: { new: 'Qualification', offer: 'Proposal/Price Quote', won: 'Closed Won' },
  },
  { pipeline: '885', recordType: renewals, stages: { due: 'Qualification', kept: 'Closed Won' }, also: {} },
  { pipeline: '886', recordType: null, stages: { open: 'Prospecting' }, also: {} },
]);

describe('two parts as one value', () => {
  it.each([
    ['default', 'new', 'default/new'],
    [news, 'Proposal/Price Quote', `${news}/Proposal/Price Quote`],
    [null, 'Prospecting', '/Prospecting'],
    ['default', null, 'default/'],
    [null, null, null],
  ])('%s and %s are %s, and come apart again', (first, second, whole) => {
    expect(joinParts(first, second)).toBe(whole);
    expect(splitParts(whole)).toEqual([first, second]);
  });

  it('compare ids of Salesforce by what is the id in them', () => {
    expect(partText(renewals)).toBe(partText(renewals.slice(0, 15)));
    expect(partText('closedwon')).not.toBe(partText('closedlost'));
  });
});

describe('pipeline and stage', () => {
  it.each([
    ['default/offer', `${news}/Proposal/Price Quote`],
    ['default/won', `${news}/Closed Won`],
    ['885/kept', `${renewals}/Closed Won`],
    ['885/due', `${renewals.slice(0, 15)}/Qualification`],
    ['default/new', `${news}/Needs Analysis`],
    ['886/open', '/Prospecting'],
  ])('%s in HubSpot says what %s says in Salesforce', (hubspot, salesforce) => {
    const value = codecs.hubspot.decode(hubspot);
    expect(value.kind).toBe('value');
    expect(codecs.salesforce.decode(salesforce)).toEqual(value);
  });

  it('of one name are another stage in another pipeline', () => {
    const [won, kept] = [codecs.hubspot.decode('default/won'), codecs.hubspot.decode('885/kept')];
    expect(won).not.toEqual(kept);
    if (kept.kind === 'foreign') throw new Error(kept.why);
    expect(codecs.hubspot.encode(kept)).toBe('885/kept');
    expect(codecs.salesforce.encode(kept)).toBe(`${renewals}/Closed Won`);
  });

  it.each([
    ['hubspot', '999/new'],
    ['hubspot', '885/won'],
    ['salesforce', '012000000000009AAA/Closed Won'],
    ['salesforce', `${renewals}/Proposal/Price Quote`],
    ['salesforce', '/Closed Won'],
  ] as const)('that the table does not list are foreign: %s %s', (side, raw) => {
    expect(codecs[side].decode(raw)).toMatchObject({ kind: 'foreign', raw });
  });

  it('without a stage are blank', () => {
    expect([codecs.hubspot.decode('default/'), codecs.salesforce.decode(null)]).toEqual([
      { kind: 'blank' },
      { kind: 'blank' },
    ]);
  });
});
