/** A nurture program, a HubSpot list, as it stands in the portal. */
export interface ProgramStanding {
  readonly name: string;
  /** `filters`: it fills itself, and takes nobody by hand. */
  readonly list: 'missing' | 'filters' | 'there';
  /** The workflows that take in whoever comes onto it; null: HubSpot does not allow to ask. */
  readonly flows: readonly { readonly name: string; readonly enabled: boolean }[] | null;
}
