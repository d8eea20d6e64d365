import type { SetupWriter } from './setup-writer.ts';

interface Employee {
  readonly first: string;
  readonly last: string;
  readonly username: string;
  readonly alias: string;
  readonly zone: string;
  readonly locale: string;
  readonly title: string;
  readonly active?: false;
  readonly type?: string;
}

const employee = (
  first: string,
  last: string,
  alias: string,
  title: string,
  zone: string,
  locale: string,
  more: { readonly username?: string; readonly active?: false } = {},
): Employee => {
  const plain = `${first}.${last}`
    .normalize('NFKD')
    .replaceAll(/[^\w.]/g, '')
    .toLowerCase();
  return { first, last, alias, title, zone, locale, username: `${plain}@sandbox.example.com`, ...more };
};

const seller = 'Account Executive';
const developer = 'Sales Development Representative';

/**
 * Everybody but the two who sign in, in the order of their ids: who is added comes last. The zones of those who write over the API stay
 * GMT, as a text without zone and the date literals of SOQL are read in the zone of the caller.
 */
const staff: readonly Employee[] = [
  employee('Kim', 'Closer', 'kclos', seller, 'America/New_York', 'en_US'),
  employee('Sam', 'Former', 'sform', seller, 'America/Chicago', 'en_US', { active: false }),
  employee('Ana', 'Souza', 'asouz', seller, 'America/Sao_Paulo', 'pt_BR'),
  employee('Ben', 'Okoye', 'bokoy', seller, 'Europe/London', 'en_GB'),
  employee('Chloé', 'Martin', 'cmart', seller, 'Europe/Paris', 'fr_FR'),
  employee('Dev', 'Patel', 'dpate', seller, 'Asia/Kolkata', 'en_IN'),
  employee('Emi', 'Tanaka', 'etana', seller, 'Asia/Tokyo', 'ja_JP'),
  employee('Finn', 'Larsen', 'flars', seller, 'Europe/Copenhagen', 'da_DK'),
  // Users in both systems, by whose addresses HubSpot's owners know them; they own nothing here at first.
  employee('Maria', 'Lopez', 'mlope', 'Marketing Manager', 'Europe/Madrid', 'es_ES', {
    username: 'maria.lopez@acme.example.com',
  }),
  employee('Tom', 'Becker', 'tbeck', 'Marketing Manager', 'Europe/Berlin', 'de_DE', {
    username: 'tom.becker@acme.example.com',
  }),
  employee('愛子', '田中', 'atana', 'Marketing Manager', 'Asia/Tokyo', 'ja_JP', {
    username: 'aiko.tanaka@acme.example.com',
  }),
  employee('James', 'Okafor', 'jokaf', 'Marketing Manager', 'Africa/Lagos', 'en_NG', {
    username: 'james.okafor@acme.example.com',
  }),
  employee('Grace', 'Mensah', 'gmens', 'VP Sales', 'Europe/London', 'en_GB'),
  employee('Hugo', 'Lindqvist', 'hlind', developer, 'Europe/Stockholm', 'sv_SE'),
  employee('Priya', 'Nair', 'pnair', developer, 'Asia/Singapore', 'en_SG'),
  employee('Luca', 'Rossi', 'lross', seller, 'Europe/Rome', 'it_IT', { active: false }),
  employee('Nora', 'Weiss', 'nweis', developer, 'America/Los_Angeles', 'en_US', { active: false }),
  // Every org has these two, behind whom nobody is: flows that run by themselves are the first one's (help, Automated Process user), Salesforce's own integrations the second's.
  { ...employee('Automated', 'Process', 'autoproc', '', 'GMT', 'en_US'), type: 'AutomatedProcess' },
  { ...employee('Platform Integration', 'User', 'cloud', '', 'GMT', 'en_US'), type: 'CloudIntegrationUser' },
];

/** Who owns a share of the records, beside the person. */
export const sellerAliases = ['kclos', 'asouz', 'bokoy', 'cmart', 'dpate', 'etana', 'flars'] as const;
export const managerAlias = 'gmens';
/** Who reports to the manager, those who left too. */
export const managedAliases = [...sellerAliases, 'sform', 'hlind', 'pnair', 'lross', 'nweis'] as const;

/** Enters the staff; ids by alias. */
export const fillStaff = (setup: SetupWriter): ReadonlyMap<string, string> =>
  new Map(
    staff.map(({ first, last, username, alias, zone, locale, title, active, type }) => [
      alias,
      setup.user(first, last, username, alias, {
        ...(title === '' ? {} : { Title: title }),
        ...(type === undefined ? {} : { UserType: type }),
        TimeZoneSidKey: zone,
        LocaleSidKey: locale,
        IsActive: active ?? true,
      }),
    ]),
  );
