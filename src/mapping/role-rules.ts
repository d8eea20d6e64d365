import type { TieMapping } from '../model/mapping.ts';
import type { MappingFile } from './file-shape.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';
import type { KeyPath, YamlSource } from './yaml-source.ts';

/** Who can take part in a deal: a lead cannot (Salesforce object reference, OpportunityContactRole: ContactId). */
export const tiedTypes = { hubspot: 'contacts', salesforce: 'Contact' } as const;

/** Salesforce's object whose records are the parts that people take. */
export const tieRecords = 'OpportunityContactRole';

/** Under which name the known references have a pair's records that are of this object of Salesforce: contacts, and no leads. */
export const tieTable = ({ of, types }: Pick<TieMapping, 'of' | 'types'>): string =>
  `${of} as ${types.salesforce}`;

/** Salesforce ties contacts to this object alone by roles that the mapping knows. */
const roleObject = 'Opportunity';

type Report = (path: KeyPath, what: string, why: string, fix: string) => void;

/** What is wrong with the contact roles of one file. */
export const checkRoles = ({ contactRoles, salesforce, converted }: MappingFile, report: Report): void => {
  if (contactRoles === undefined) return;
  if (salesforce !== roleObject || converted !== undefined) {
    const why = 'Salesforce keeps contact roles of opportunities';
    report(
      ['contactRoles'],
      `${salesforce} has no contact roles`,
      why,
      'delete it here, and write it into the mapping of deals',
    );
  }
  const { roles, primary } = contactRoles;
  if (primary !== undefined && Object.hasOwn(roles, primary)) {
    const why = 'one label would be a role and the mark at once';
    report(
      ['contactRoles', 'primary'],
      `'${primary}' is the label of a role and of the primary contact`,
      why,
      'make a label of its own for the mark in HubSpot',
    );
  }
};

interface SourcedFile {
  readonly source: YamlSource;
  readonly content: MappingFile;
}

const alignsPeople = ({ content: { hubspot, salesforce, converted } }: SourcedFile): boolean =>
  hubspot === tiedTypes.hubspot && [salesforce, converted].includes(tiedTypes.salesforce);

/** Whose roles they are, where the file does not say so; a mapping that is not there, or not of people, is a finding. */
export const withPeople = <F extends SourcedFile>(
  files: readonly F[],
): { readonly files: readonly F[]; readonly findings: readonly Finding[] } => {
  const findings: Finding[] = [];
  const people = files.filter(alignsPeople);
  const named = files.map((file): F => {
    const { source, content } = file;
    const { contactRoles } = content;
    if (contactRoles === undefined) return file;
    const { of } = contactRoles;
    const found = of === undefined ? people[0] : people.find((each) => each.content.object === of);
    if (found)
      return {
        ...file,
        content: { ...content, contactRoles: { ...contactRoles, of: found.content.object } },
      };
    const names = people.map((each) => each.content.object);
    findings.push({
      level: 'error',
      file: source.file,
      ...source.placeOfKey([], 'contactRoles'),
      what:
        of === undefined
          ? 'contactRoles: no mapping aligns HubSpot contacts with Salesforce contacts'
          : `contactRoles are of '${of}', which does not align HubSpot contacts with Salesforce contacts`,
      why: 'who is who in a deal is known by the links of that mapping',
      fix: `${of === undefined ? '' : didYouMean(of, names)}add people.yaml or contacts.yaml, or delete contactRoles`,
    });
    return file;
  });
  return { files: named, findings };
};
