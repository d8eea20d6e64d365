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
  SALESFORCE_JWT_KEY_FILE: '',
  SALESFORCE_REFRESH_TOKEN: '',
  DATABASE_URL: '',
  REDIS_URL: '',
  TANDEM_PUBLIC_URL: '',
  TANDEM_ALERT_WEBHOOK: '',
  TANDEM_HANDOFF_WEBHOOK: '',
  SMTP_URL: '',
});

/** Who edits by hand: another user than the worker, as in life. No command reads these (docs/admins/sandbox.md). */
const colleagueVariables = (access: SandboxAccess): Readonly<Record<string, string>> => ({
  SANDBOX_HUBSPOT_TOKEN: access.hubspotPersonToken,
  SANDBOX_SALESFORCE_USERNAME: access.salesforcePersonUsername,
  SANDBOX_SALESFORCE_PASSWORD: access.salesforcePersonPassword,
});

/** Writes them, with those of somebody who edits by hand, as a file that a shell can source; makes its folder. */
export const writeSandboxVariables = async (file: string, access: SandboxAccess): Promise<void> => {
  const variables = { ...sandboxVariables(access), ...colleagueVariables(access) };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(''), { mode: 0o600 });
};
