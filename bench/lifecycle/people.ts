import type { Sandbox } from '../kit/sandbox.ts';

/** Every form is a request for contact by the shipped scoring.yaml. */
const forms = ['Request a demo', 'Contact us', 'Pricing', 'Get a quote', 'Demo: live webinar'] as const;
const titles = ['Head of IT', 'CFO', 'Student', 'VP Operations', 'Purchasing', ''] as const;
const countries = ['Germany', 'France', 'United Kingdom', 'United States', 'Japan'] as const;
/** People share companies, each with a domain of its own, by which their account is looked for. */
const companies = 40;

const pick = (values: readonly string[], number: number): string => values[number % values.length] ?? '';

export const emailOf = (number: number): string => `asks${number}@company${number % companies}.example.com`;
export const formOf = (number: number): string => pick(forms, number);

/** Enters so many people of many companies, titles and countries in HubSpot, and answers their ids. */
export const enterPeople = async (sandbox: Sandbox, people: number): Promise<readonly string[]> => {
  const records = Array.from({ length: people }, (_, number) => ({
    email: emailOf(number),
    firstname: 'Vera',
    lastname: `Lind ${number}`,
    company: `Company ${number % companies}`,
    jobtitle: pick(titles, number),
    country: pick(countries, number),
  }));
  await sandbox.control('hubspot', '/records/contacts', { records });
  return (await sandbox.records('hubspot', 'contacts')).flatMap(({ id }) =>
    typeof id === 'string' ? [id] : [],
  );
};
