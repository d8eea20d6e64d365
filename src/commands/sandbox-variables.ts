import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SandboxAccess } from '../sandbox/start.ts';

/**
 * The variables by which any command finds the simulators. Those of a real installation are blanked: they must neither be
 * used nor touched.
 */
export const sandboxVariables = (access: SandboxAccess): Readonly<Record<string, string>> => ({
  HUBSPOT_BASE_URL: access.hubspot,
  HUBSPOT_ACCESS_TOKEN: access.hubspotToken,
  HUBSPOT_WEBHOOK_SECRET: '',
  HUBSPOT_CLIENT_ID: '',
  HUBSPOT_CLIENT_SECRET: '',
  SALESFORCE_LOGIN_URL: access.salesforce,
  SALESFORCE_CLIENT_ID: access.salesforceClientId,
  SALESFORCE_CLIENT_SECRET: access.salesforceClientSecret,
  SALESFORCE_USERNAME: '',
  SALESFORCE_PASSWORD: '',
  DATABASE_URL: '',
  REDIS_URL: '',
  TANDEM_PUBLIC_URL: '',
});

/** Writes them as a file that a shell can source; makes its folder. */
export const writeSandboxVariables = async (file: string, access: SandboxAccess): Promise<void> => {
  const lines = Object.entries(sandboxVariables(access)).map(([name, value]) => `${name}='${value}'\n`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(''), { mode: 0o600 });
};
