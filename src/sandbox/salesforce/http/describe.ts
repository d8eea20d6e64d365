import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { picklistEntries } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { describeField } from './describe-field.ts';
import { makeRoute, objectOf, type RestCall } from './endpoint.ts';

const masterRecordTypeId = '012000000000000AAA';

/** What both the list of objects and a full describe say of an object. */
const describeObject = (object: ObjectSchema, base: string): Record<string, unknown> => {
  const { name, label, labelPlural, keyPrefix } = object.definition;
  const createable = object.definition.createable ?? true;
  const url = `${base}/sobjects/${name}`;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable,
    custom: name.endsWith('__c'),
    customSetting: false,
    deepCloneable: false,
    deletable: object.definition.deletable ?? true,
    deprecatedAndHidden: false,
    feedEnabled: createable,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix,
    label,
    labelPlural,
    layoutable: createable,
    mergeable: ['Account', 'Contact', 'Lead'].includes(name),
    mruEnabled: createable,
    name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: createable,
    triggerable: createable,
    undeletable: createable,
    updateable: object.definition.updateable ?? true,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  };
};

const childRelationships = (company: Company, parent: ObjectSchema): readonly unknown[] =>
  company.database.schema.objects.flatMap((child) =>
    child.fields
      .filter(({ definition }) => definition.referenceTo?.includes(parent.name) === true)
      .map(({ definition }) => ({
        cascadeDelete: definition.cascadeDelete ?? false,
        childSObject: child.name,
        deprecatedAndHidden: false,
        field: definition.name,
        junctionIdListNames: [],
        junctionReferenceTo: [],
        relationshipName: definition.childRelationshipName ?? null,
        restrictedDelete: false,
      })),
  );

/** The fields that this caller may see; one that it may only read says so. */
const describeFields = ({ company, actor }: RestCall, object: ObjectSchema): readonly unknown[] =>
  company.rules.visibleFields(actor, object).map((field) => {
    const controlling = object.field(field.definition.controllerName ?? '')?.definition;
    const isReadOnly = company.rules.locksField(actor, object, field);
    return describeField(field.definition, isReadOnly, controlling ? picklistEntries(controlling) : []);
  });

/** Every object has its master; it is the default while the company has no record types of its own for it. */
const recordTypeInfos = ({ database }: Company, object: ObjectSchema): readonly unknown[] => {
  const types = database.schema.object('RecordType');
  const chosen = database.defaultRecordTypes.get(object.name);
  const own =
    types === undefined
      ? []
      : database
          .table(types)
          .rows.filter((row) => row.values[types.column('SobjectType')] === object.name)
          .map((row) => ({
            active: row.values[types.column('IsActive')] === true,
            available: row.values[types.column('IsActive')] === true,
            defaultRecordTypeMapping: row.id === chosen,
            developerName: row.values[types.column('DeveloperName')],
            master: false,
            name: row.values[types.column('Name')],
            recordTypeId: row.id,
            urls: {},
          }));
  const master = {
    active: true,
    available: true,
    defaultRecordTypeMapping: chosen === undefined,
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId: masterRecordTypeId,
    urls: {},
  };
  return [...own, master];
};

const describeFully = (rest: RestCall, object: ObjectSchema): Record<string, unknown> => ({
  actionOverrides: [],
  childRelationships: childRelationships(rest.company, object),
  compactLayoutable: true,
  defaultImplementation: null,
  extendedBy: null,
  extendsInterfaces: null,
  fields: describeFields(rest, object),
  implementedBy: null,
  implementsInterfaces: null,
  listviewable: null,
  lookupLayoutable: null,
  namedLayoutInfos: [],
  networkScopeFieldName: null,
  recordTypeInfos: recordTypeInfos(rest.company, object),
  searchLayoutable: true,
  sobjectDescribeOption: 'FULL',
  supportedScopes: [{ label: `All ${object.definition.labelPlural.toLowerCase()}`, name: 'everything' }],
  ...describeObject(object, rest.base),
});

/** The list of objects, and what each is made of. */
export const describeRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  return [
    route('GET', '/sobjects', ({ base }) => ({
      status: 200,
      body: {
        encoding: 'UTF-8',
        maxBatchSize: 200,
        sobjects: company.database.schema.objects.map((object) => describeObject(object, base)),
      },
    })),
    route('GET', '/sobjects/{type}', (rest) => ({
      status: 200,
      body: { objectDescribe: describeObject(objectOf(rest), rest.base), recentItems: [] },
    })),
    route('GET', '/sobjects/{type}/describe', (rest) => ({
      status: 200,
      body: describeFully(rest, objectOf(rest)),
    })),
  ];
};
