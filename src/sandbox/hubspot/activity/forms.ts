import { makeGuid } from './guid.ts';

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
}

/** A form of the portal; `captured` ones are other makers' forms on the company's pages, found by the first submission. */
export interface Form {
  readonly guid: string;
  readonly name: string;
  readonly formType: 'hubspot' | 'captured';
  readonly createdAt: number;
  readonly fields: readonly FormField[];
}

const field = (name: string, label: string, required = false): FormField => ({ name, label, required });
const email = field('email', 'Email', true);
const names = [field('firstname', 'First name'), field('lastname', 'Last name')];
const work = [
  field('company', 'Company name'),
  field('jobtitle', 'Job title'),
  field('phone', 'Phone number'),
];

/** The guids are fixed, so that a workflow that names one works in every sandbox. */
const shipped: readonly (readonly [guid: string, name: string, fields: readonly FormField[]])[] = [
  [
    'b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d101',
    'Demo request',
    [...names, email, ...work, field('message', 'Message')],
  ],
  [
    'b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d102',
    'Contact us',
    [...names, email, field('message', 'Message', true)],
  ],
  ['b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d103', 'Pricing request', [...names, email, ...work]],
  ['b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d104', 'Newsletter', [email]],
  ['b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d105', 'Whitepaper download', [...names, email, ...work]],
  ['b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d106', 'Webinar registration', [...names, email, ...work]],
];

const since = Date.UTC(2025, 5, 2, 8);

const shippedForms = (): Form[] =>
  shipped.map(([guid, name, fields]) => ({ guid, name, formType: 'hubspot', createdAt: since, fields }));

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The forms of a portal. */
export class Forms {
  #forms: Form[] = shippedForms();

  clear(): void {
    this.#forms = shippedForms();
  }

  all(): readonly Form[] {
    return this.#forms;
  }

  byGuid(guid: string): Form | undefined {
    return this.#forms.find((form) => form.guid === guid.toLowerCase());
  }

  /** False for the guid of a form that is not there; a name may always be that of a form to be captured. */
  canTake(nameOrGuid: string): boolean {
    return !isGuid(nameOrGuid.trim()) || this.byGuid(nameOrGuid.trim()) !== undefined;
  }

  /** By guid, or by name whatever its case; a name that is not there is captured as a form of somebody else's making. */
  take(nameOrGuid: string, now: number): Form {
    const name = nameOrGuid.trim();
    const found =
      this.byGuid(name) ?? this.#forms.find((form) => form.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    const form: Form = {
      guid: makeGuid(this.#forms.length, `form ${name}`),
      name,
      formType: 'captured',
      createdAt: now,
      fields: [email],
    };
    this.#forms.push(form);
    return form;
  }

  exportState(): readonly Form[] {
    return this.#forms;
  }

  importState(forms: readonly Form[]): void {
    this.#forms = [...forms];
  }
}
