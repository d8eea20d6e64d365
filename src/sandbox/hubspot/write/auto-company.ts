import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';

/** As a company that HubSpot made says of itself (recorded: NangoHQ/integration-templates, update-company.test.json). */
const settingSource: ChangeSource = { sourceType: 'COMPANIES', sourceId: 'FetchAssociatedCompanyIdStep' };

/** Mail providers whose domains are nobody's company; HubSpot's own list is far longer. */
const freeMail: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp ymail.com hotmail.com hotmail.co.uk hotmail.fr
  outlook.com outlook.de live.com live.co.uk msn.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de
  t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net libero.it mail.ru yandex.ru bk.ru qq.com 163.com 126.com sina.com
  proton.me protonmail.com zoho.com fastmail.com comcast.net verizon.net att.net uol.com.br bol.com.br naver.com`.split(
    /\s+/,
  ),
);

const companyFor = (companies: ObjectStore, domain: string, at: number): StoredRecord => {
  const [known] = companies.lookUp('domain', domain);
  if (known !== undefined) return known;
  const slot = (name: string): number => {
    const found = companies.schema.slot(name);
    if (found === undefined) throw new Error(`companies have no property ${name}`);
    return found.index;
  };
  const values: (readonly [number, string])[] = [
    [slot('name'), domain],
    [slot('domain'), domain],
    [slot('lifecyclestage'), 'lead'],
    [slot('hs_lifecyclestage_lead_date'), new Date(at).toISOString()],
  ];
  return companies.create(new Map(values), settingSource, at);
};

/**
 * The portal's habit, where it is on: a contact whose email has a company's domain and who has no primary company gets the oldest
 * company of that domain, be it one of several, or a new one, as primary (knowledge base, "Add multiple domain names to a company record").
 */
export const associateCompany = (
  state: HubspotState,
  contacts: ObjectStore,
  contact: StoredRecord,
  at: number,
): void => {
  const companies = state.find('companies');
  const email = contacts.schema.slot(contacts.schema.definition.email?.primary ?? '');
  if (!state.settings.createCompanies || companies === undefined || email === undefined) return;
  const domain = contact.version.values[email.index]?.split('@')[1] ?? '';
  const end = { store: contacts, record: contact };
  if (domain === '' || freeMail.has(domain) || state.associations.primaryOf(end) !== null) return;
  const company = { store: companies, record: companyFor(companies, domain, at) };
  const primary = state.associations.definitions
    .of(contacts.schema.definition.typeId, companies.schema.definition.typeId)
    .filter((type) => type.isPrimary);
  state.associations.add(end, company, primary, { source: settingSource, at });
};
