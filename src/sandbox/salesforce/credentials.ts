import { deriveText } from '../core/random.ts';

/** What the sandbox's ready line tells; the same for the same seed, and unchanged by a reset. */
export interface SalesforceCredentials {
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For the refresh-token grant of the integration. */
  readonly refreshToken: string;
  readonly personUsername: string;
  readonly personPassword: string;
}

export const makeSalesforceCredentials = (seed: number): SalesforceCredentials => ({
  username: 'tandem.integration@sandbox.example.com',
  // As with the vendor, password and security token in one.
  password: deriveText(seed, 'salesforce integration password', 24),
  clientId: `3MVG9${deriveText(seed, 'salesforce client id', 80)}`,
  clientSecret: deriveText(seed, 'salesforce client secret', 64).toUpperCase(),
  refreshToken: `5Aep861${deriveText(seed, 'salesforce refresh token', 80)}`,
  personUsername: 'robin.seller@sandbox.example.com',
  personPassword: deriveText(seed, 'salesforce person password', 24),
});
