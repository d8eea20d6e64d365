import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Finding, formatFindings, MappingError } from '../../src/mapping/finding.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { UsageError } from '../../src/model/failure.ts';
import { lifeEventDefaults } from '../../src/model/life-events.ts';
import { repositoryRoot } from '../../src/settings.ts';

const good = `object: people
hubspot: contacts
salesforce: Lead
identity: { hubspot: tandem_salesforce_id, salesforce: HubSpot_Id__c }
match: [email]
create: { hubspot: matchable, salesforce: never }
fields:
  - { hubspot: email, salesforce: Email, kind: email }
  - { hubspot: lastname, salesforce: LastName, fill: { salesforce: '[none]' } }
`;

let config: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'tandem-mapping-'));
});
afterEach(() => {
  rmSync(config, { recursive: true, force: true });
});

const write = (text: string | Uint8Array, name = 'people.yaml'): void => {
  mkdirSync(join(config, 'mappings'), { recursive: true });
  writeFileSync(join(config, 'mappings', name), text);
};

const findings = (): readonly Finding[] => {
  try {
    loadMappings(config);
  } catch (error) {
    if (error instanceof MappingError) return error.findings;
    throw error;
  }
  throw new Error('expected findings, the mapping was accepted');
};

const withLine = (line: string): string => `${good}  - ${line}\n`;

describe('a mapping that is right', () => {
  it('becomes pairs, defaults filled in, with the lines of its fields', () => {
    write(good);
    const { pairs } = loadMappings(config);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({
      name: 'people',
      file: join(config, 'mappings', 'people.yaml'),
      types: { hubspot: 'contacts', salesforce: 'Lead' },
      identityLine: 4,
      create: { hubspot: 'matchable', salesforce: 'never' },
      match: [{ fields: { hubspot: 'email', salesforce: 'Email' }, kind: 'email' }],
      fields: [
        { name: 'email', line: 8 },
        {
          name: 'lastname',
          kind: 'text',
          direction: 'both',
          conflict: 'newest',
          tie: 'salesforce',
          blank: 'clears',
          first: 'newest',
          fill: { salesforce: '[none]' },
          line: 9,
        },
      ],
    });
    expect(pairs[0]?.fields[1]?.codecs.salesforce.decode('[none]')).toEqual({ kind: 'blank' });
  });

  it('gives rows of one property names of their own', () => {
    write(withLine('{ hubspot: lastname, salesforce: Nickname__c, direction: to-salesforce }'));
    expect(loadMappings(config).pairs[0]?.fields.map(({ name }) => name)).toEqual([
      'email',
      'lastname',
      'lastname>Nickname__c',
    ]);
  });

  it('has a hash of what it says, not of how it is written', () => {
    write(good);
    const { hash } = loadMappings(config);
    write(`# a comment\n${good.replace('kind: email', 'kind: email, direction: both')}`);
    expect(loadMappings(config).hash).toBe(hash);
    write(good.replace('match: [email]', 'match: [email]\nconsentNowhere: [do-not-call]'));
    const { hash: decided, pairs } = loadMappings(config);
    expect(decided).toBe(hash);
    expect(pairs[0]?.consentNowhere).toEqual({ names: ['do-not-call'], line: 6 });
    write(good.replace('kind: email', 'kind: email, tie: hubspot'));
    expect(loadMappings(config).hash).not.toBe(hash);
  });

  it('says what is done about life events; whatever is not said has its careful default', () => {
    write(
      good.replace(
        'match: [email]',
        'match: [email]\nlifeEvents: { delete: ask, erasure: { unseen: park } }',
      ),
    );
    const [one] = loadMappings(config).pairs;
    expect(one?.lifeEvents).toEqual({
      ...lifeEventDefaults,
      delete: 'ask',
      erasure: { ...lifeEventDefaults.erasure, unseen: 'park' },
    });
    write(good);
    expect(loadMappings(config).pairs[0]?.lifeEvents).toEqual(lifeEventDefaults);
  });

  it('takes contact roles as a field of deals, of whoever aligns the contacts', () => {
    const deals = good
      .replace('object: people', 'object: deals')
      .replace('salesforce: Lead', 'salesforce: Opportunity')
      .replace('fields:', "contactRoles: { roles: { Boss: 'Decision Maker' }, primary: First }\nfields:");
    write(deals, 'a.yaml');
    write(good.replace('salesforce: Lead', 'salesforce: Contact'), 'people.yaml');
    const { pairs } = loadMappings(config);
    expect(pairs.map(({ name }) => name)).toEqual(['people', 'deals']);
    expect(pairs[1]?.fields.at(-1)).toMatchObject({
      name: 'contactRoles',
      direction: 'both',
      ties: { of: 'people', roles: { Boss: 'Decision Maker' }, primary: 'First' },
    });
    write(good, 'people.yaml');
    expect(() => loadMappings(config)).toThrow(/no mapping aligns HubSpot contacts with Salesforce contacts/);
    write(deals.replace('{ roles', '{ of: peple, roles'), 'a.yaml');
    write(good.replace('salesforce: Lead', 'salesforce: Contact'), 'people.yaml');
    expect(() => loadMappings(config)).toThrow(/contactRoles are of 'peple'.*did you mean 'people'/);
    write(deals.replace('primary: First', 'primary: Boss'), 'a.yaml');
    expect(() => loadMappings(config)).toThrow(/'Boss' is the label of a role and of the primary contact/);
    write(deals.replace('salesforce: Opportunity', 'salesforce: Account'), 'a.yaml');
    expect(() => loadMappings(config)).toThrow(/Account has no contact roles/);
  });

  it('takes pipelines as one field of two, and refuses what could be read as two things', () => {
    const row = (pipeline: string, more: string): string =>
      `    - { pipeline: ${pipeline}, stages: { new: Open, won: Won }${more} }`;
    const withTable = (...rows: readonly string[]): string =>
      good.replace('fields:', ['pipelines:', '  tie: hubspot', '  table:', ...rows, 'fields:'].join('\n'));
    const type = ", recordType: '012000000000001AAA'";
    write(withTable(row('default', type), row('b', '')));
    const field = loadMappings(config).pairs[0]?.fields.at(-1);
    expect(field).toMatchObject({
      name: 'pipeline/dealstage',
      fields: { hubspot: 'pipeline/dealstage', salesforce: 'RecordTypeId/StageName' },
      ...{ tie: 'hubspot', conflict: 'newest', blank: 'keeps' },
      parts: { hubspot: ['pipeline', 'dealstage'], salesforce: ['RecordTypeId', 'StageName'] },
    });
    expect(field?.codecs.hubspot.decode('default/won')).toEqual(
      field?.codecs.salesforce.decode('012000000000001/Won'),
    );
    const wrong: readonly (readonly [string, RegExp])[] = [
      [withTable(row('a', type), row('a', '')), /pipeline 'a' is in the table twice/],
      [
        withTable(row('a', type), row('b', ", recordType: '012000000000001'")),
        /record type .* is in the table twice/,
      ],
      [withTable(row('a', ''), row('b', '')), /two rows of pipelines have no record type/],
      [withTable(row('a', ', also: { Won: new }')), /lists 'Won', which 'stages' has already/],
      [withTable(row('a', ', also: { Lost: lost }')), /reads 'Lost' as 'lost', which 'stages' does not list/],
      [
        `${withTable(row('a', ''))}\n  - { hubspot: dealstage, salesforce: Stage__c }`,
        /field dealstage is mapped, and 'pipelines' moves/,
      ],
      [withTable(row('a', ", recordType: '001000000000001'")), /recordType/],
    ];
    for (const [text, words] of wrong) {
      write(text);
      expect(() => loadMappings(config)).toThrow(words);
    }
  });

  it('may be several files, in order of name', () => {
    write(good, 'b.yaml');
    write(good.replace('object: people', 'object: more-people'), 'a.yml');
    expect(loadMappings(config).pairs.map(({ name }) => name)).toEqual(['more-people', 'people']);
  });
});

describe('a mapping that is wrong', () => {
  const typing = (from: string, to: string): string => {
    expect(good).toContain(from);
    return good.replace(from, to);
  };
  /** Text of the file, line, and what the finding must say. */
  const cases: readonly (readonly [string, () => string, number, RegExp])[] = [
    ['not YAML', () => typing('match: [email]', 'match: [email'), 6, /not YAML — .+; fix: /],
    [
      'a scope that cannot decide',
      () => typing('match: [email]', 'match: [email]\nscope: { hubspot: "lifecyclestage + 1" }'),
      6,
      /scope of HubSpot .+ gives a int/,
    ],
    [
      'a policy that is none',
      () => typing('match: [email]', 'match: [email]\nlifeEvents: { delete: remove }'),
      6,
      /'?lifeEvents\.delete'? .*(end|ask)/,
    ],
    [
      'a life event that nobody knows',
      () => typing('match: [email]', 'match: [email]\nlifeEvents:\n  archiv: end'),
      7,
      /'archiv' is not a key of .*did you mean 'archive'/,
    ],
    [
      'a box that is no name',
      () =>
        typing(
          'match: [email]',
          'match: [email]\nlifeEvents:\n  erasure:\n    flag: { salesforce: Individual.ShouldForget }',
        ),
      8,
      /letters, digits and _ only/,
    ],
    [
      'a primary record by what its object does not tell',
      () => typing('salesforce: Lead', 'salesforce: Thing__c\nprimary: most-recently-active'),
      4,
      /Thing__c does not tell when it was last worked on/,
    ],
    [
      'a latch that is no yes or no',
      () => withLine('{ hubspot: city, salesforce: City, latch: true }'),
      10,
      /city cannot be a latch/,
    ],
    [
      'an opt-out that could be taken back',
      () => withLine('{ hubspot: hs_email_optout, salesforce: HasOptedOutOfEmail, kind: boolean }'),
      10,
      /is no latch/,
    ],
    [
      'a consent that goes nowhere and is carried over',
      () =>
        withLine('{ hubspot: phone_no, salesforce: DoNotCall, kind: boolean, latch: true }').replace(
          'match: [email]',
          'match: [email]\nconsentNowhere: [opt-out, do-not-call]',
        ),
      6,
      /do-not-call is in 'consentNowhere' and is carried over.*phone_no is its latch/,
    ],
    [
      'a consent of what is no person',
      () => typing('salesforce: Lead', 'salesforce: Account\nconsentNowhere: [bounce]'),
      4,
      /'consentNowhere' has no meaning for contacts and Account/,
    ],
    [
      'a consent that there is not',
      () => typing('salesforce: Lead', 'salesforce: Lead\nconsentNowhere: [fax]'),
      4,
      /'consentNowhere.0' is not right.*bounce, do-not-call, opt-out/,
    ],
    ['a key twice', () => typing('match: [email]', 'object: people'), 5, /there twice/],
    [
      'aliases without end',
      () =>
        `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      1,
      /cannot be read.*alias/i,
    ],
    ['empty', () => '', 1, /the file has no 'object'/],
    ['not a map', () => '- a\n', 1, /it must be a map of keys and values/],
    [
      'unknown key',
      () => typing('match:', 'mach:'),
      5,
      /'mach' is not a key of the file.*did you mean 'match'/,
    ],
    [
      'unknown key of a field',
      () => withLine('{ hubspot: a, salesforce: A, dirction: both }'),
      10,
      /'dirction' is not a key of field a.*did you mean 'direction'/,
    ],
    [
      'unknown side',
      () => typing('salesforce: never', 'sales: never'),
      6,
      /'sales' is not a key of 'create'.*keys are hubspot, salesforce/,
    ],
    ['missing key', () => typing('match: [email]\n', ''), 1, /the file has no 'match'/],
    ['missing key of a field', () => withLine('{ hubspot: city }'), 10, /field city has no 'salesforce'/],
    [
      'wrong value',
      () => withLine('{ hubspot: city, salesforce: City, direction: to_salesforce }'),
      10,
      /'direction' of field city is not right \(it says 'to_salesforce'\) — allowed are both, to-salesforce, to-hubspot; fix: did you mean 'to-salesforce'/,
    ],
    [
      'unknown kind',
      () => withLine('{ hubspot: city, salesforce: City, kind: string }'),
      10,
      /'kind' of field city.*allowed are text, long-text/,
    ],
    ['wrong type', () => withLine('{ hubspot: 12, salesforce: City }'), 10, /it must be text.*quotes/],
    [
      'a list that is none',
      () => typing('match: [email]', 'match: email'),
      5,
      /'match' is not right.*it must be a list/,
    ],
    ['no fields', () => `${good.slice(0, good.indexOf('fields:'))}fields: []\n`, 7, /'fields' is empty/],
    [
      'a name with spaces',
      () => typing('salesforce: Lead', 'salesforce: My Lead'),
      3,
      /letters, digits and _ only/,
    ],
    [
      'highest of texts',
      () => withLine('{ hubspot: city, salesforce: City, conflict: highest }'),
      10,
      /cannot be settled by 'highest' — .*kind number, integer, currency/,
    ],
    [
      'earliest of numbers',
      () => withLine('{ hubspot: n, salesforce: N, kind: number, conflict: earliest }'),
      10,
      /kind date, datetime/,
    ],
    [
      'union of texts',
      () => withLine('{ hubspot: city, salesforce: City, conflict: union }'),
      10,
      /kind multi-enum/,
    ],
    [
      'an option of another kind',
      () => withLine('{ hubspot: city, salesforce: City, country: US }'),
      10,
      /'country' of field city has no meaning — only kind phone/,
    ],
    [
      'a country that is none',
      () => withLine('{ hubspot: p, salesforce: P, kind: phone, country: XX }'),
      10,
      /'XX' is not a country/,
    ],
    [
      'a fill never written',
      () => withLine("{ hubspot: city, salesforce: City, direction: to-hubspot, fill: { salesforce: '-' } }"),
      10,
      /fill of field city for Salesforce is never written/,
    ],
    [
      'a fill of another kind',
      () => withLine("{ hubspot: n, salesforce: N, kind: number, fill: { salesforce: 'none' } }"),
      10,
      /fill of field n is no number/,
    ],
    [
      'two writers of one Salesforce field',
      () => withLine('{ hubspot: work_email, salesforce: Email, direction: to-salesforce }'),
      10,
      /Salesforce Email is written by two rows \(email and work_email\)/,
    ],
    [
      'two writers of one HubSpot property',
      () => withLine('{ hubspot: email, salesforce: Email2__c }'),
      10,
      /HubSpot email is written by two rows/,
    ],
    [
      'the same pair twice',
      () => withLine('{ hubspot: email, salesforce: Email, direction: to-hubspot }'),
      10,
      /mapped to each other twice/,
    ],
    [
      'the identity field mapped',
      () => withLine('{ hubspot: tandem_salesforce_id, salesforce: Other__c }'),
      10,
      /is the identity field and is mapped too/,
    ],
    [
      'match on a field not mapped',
      () => typing('match: [email]', 'match: [emial]'),
      5,
      /match names 'emial', which is not mapped.*did you mean 'email'/,
    ],
    [
      'match on a kind not findable',
      () =>
        `${typing('match: [email]', 'match: [phone]')}  - { hubspot: phone, salesforce: Phone, kind: phone }\n`,
      5,
      /no system finds records by a phone/,
    ],
    [
      'match on one field twice',
      () => typing('match: [email]', 'match: [email, email]'),
      5,
      /match names 'email' twice/,
    ],
    [
      "an id of HubSpot's own integration twice",
      () => typing('match: [email]', 'match: [email]\nnative: [salesforceleadid, salesforceleadid]'),
      6,
      /native names 'salesforceleadid' twice/,
    ],
    [
      "the identity property as one of HubSpot's own integration",
      () => typing('match: [email]', 'match: [email]\nnative: [tandem_salesforce_id]'),
      6,
      /native names the identity property/,
    ],
    [
      "';' within a member",
      () => withLine("{ hubspot: m, salesforce: M, kind: multi-enum, values: { a: 'b;c' } }"),
      10,
      /has a value with ';'/,
    ],
    [
      'a value that is a map',
      () => withLine('{ hubspot: m, salesforce: M, kind: enum, values: { a: { b: c } } }'),
      10,
      /it must be text, a number, true or false/,
    ],
    [
      'created in HubSpot by the lifecycle',
      () => good.replace('{ hubspot: matchable,', '{ hubspot: sales-ready,'),
      6,
      /create\.hubspot cannot be sales-ready.*sales works in Salesforce/s,
    ],
    [
      'companies handed to sales',
      () =>
        good
          .replace('hubspot: contacts', 'hubspot: companies')
          .replace('salesforce: never', 'salesforce: sales-ready'),
      6,
      /sales-ready, and companies are no people/,
    ],
  ];

  it.each(cases)('says so: %s', (_, text, line, says) => {
    write(text());
    const found = findings().filter((finding) => says.test(formatFindings([finding])));
    expect(found, formatFindings(findings())).not.toEqual([]);
    expect(found[0]?.line).toBe(line);
    expect(found[0]?.level).toBe('error');
  });

  it('lists everything at once, as file:line  what — why; fix: …, and is a usage error', () => {
    write(`${good.replace('match:', 'mach:')}  - { hubspot: city, salesforce: City, tie: both }\n`);
    write('a: [', 'z.yaml');
    expect(findings().map(({ line }) => line)).toEqual(expect.arrayContaining([1, 5, 10, 1]));
    const file = join(config, 'mappings', 'people.yaml');
    expect(formatFindings(findings())).toContain(
      `${file}:5  'mach' is not a key of the file — the keys are object, hubspot, salesforce, converted, identity, match, native, create, primary, duplicates, scope, sources, breakers, lifeEvents, consentNowhere, contactRoles, pipelines, fields; fix: did you mean 'match'? correct or delete it`,
    );
    expect(() => loadMappings(config)).toThrow(UsageError);
    expect(() => loadMappings(config)).toThrow(/z\.yaml:/);
  });

  it('says of a line that is indented wrongly that, and nothing of what the parser guesses behind it', () => {
    const lines = readFileSync(`${repositoryRoot}config/mappings/people.yaml`, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('kind: email'));
    lines[at] = ` ${lines[at] ?? ''}`;
    write(lines.join('\n'));
    expect(findings()).toMatchObject([{ level: 'error', what: 'this is not YAML' }]);
    expect(Math.abs((findings()[0]?.line ?? 0) - (at + 1))).toBeLessThanOrEqual(1);
  });

  it('has the same object in two files', () => {
    write(good, 'a.yaml');
    write(good, 'b.yaml');
    expect(findings()).toMatchObject([
      { file: join(config, 'mappings', 'b.yaml'), line: 1, what: expect.stringContaining('a.yaml') },
    ]);
  });
});

describe('a folder that cannot be used', () => {
  it('is missing', () => {
    expect(findings()).toMatchObject([{ why: 'it is not there', what: expect.stringContaining('mappings') }]);
  });

  it('has no mapping file', () => {
    write('not a mapping', 'README.md');
    expect(findings()).toMatchObject([{ what: expect.stringContaining('has no mapping file') }]);
  });

  it('is a file', () => {
    writeFileSync(join(config, 'mappings'), '');
    expect(findings()).toMatchObject([{ why: 'it is not a folder' }]);
  });

  it('has a file that cannot be read, beside one that can', () => {
    write(good);
    mkdirSync(join(config, 'mappings', 'folder.yaml'));
    symlinkSync('nowhere', join(config, 'mappings', 'gone.yaml'));
    write(Uint8Array.of(0x61, 0x3a, 0xff), 'latin.yaml');
    expect(findings().map(({ file, why }) => [file.slice(config.length + 10), why])).toEqual([
      ['folder.yaml', 'it is a folder'],
      ['gone.yaml', 'it is not there'],
      ['latin.yaml', 'configuration files are'],
    ]);
  });
});
