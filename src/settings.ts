import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { SalesforceAuth } from './connectors/salesforce/sign-in.ts';
import { UsageError } from './model/failure.ts';

/** The repository's root: commands work from any directory. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

const blankIsUnset = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;
const text = z.preprocess(blankIsUnset, z.string().trim().optional());
const webAddress = 'give a web address, http://... or https://...';
const url = z.preprocess(blankIsUnset, z.url({ protocol: /^https?$/, error: webAddress }).optional());
const seconds = (min: number, max: number) => {
  const error = `give a number of seconds from ${min} to ${max}`;
  return z.preprocess(
    blankIsUnset,
    z.coerce.number({ error }).min(min, { error }).max(max, { error }).optional(),
  );
};
const oneOf = <const Choice extends string>(choices: readonly Choice[]) =>
  z.preprocess(blankIsUnset, z.enum(choices, { error: `give one of ${choices.join(', ')}` }).optional());
const database = 'give postgres://USER:PASSWORD@HOST:PORT/DATABASE';

const environment = z.object({
  HUBSPOT_BASE_URL: url,
  HUBSPOT_ACCESS_TOKEN: text,
  HUBSPOT_WEBHOOK_SECRET: text,
  HUBSPOT_CLIENT_ID: text,
  HUBSPOT_CLIENT_SECRET: text,
  SALESFORCE_LOGIN_URL: url,
  SALESFORCE_CLIENT_ID: text,
  SALESFORCE_CLIENT_SECRET: text,
  SALESFORCE_USERNAME: text,
  SALESFORCE_PASSWORD: text,
  SALESFORCE_JWT_KEY_FILE: text,
  SALESFORCE_REFRESH_TOKEN: text,
  DATABASE_URL: z.preprocess(
    blankIsUnset,
    z.url({ protocol: /^postgres(ql)?$/, error: database }).optional(),
  ),
  REDIS_URL: z.preprocess(
    blankIsUnset,
    z.url({ protocol: /^rediss?$/, error: 'give redis://HOST:PORT or rediss://HOST:PORT' }).optional(),
  ),
  TANDEM_HOST: text,
  TANDEM_PUBLIC_URL: url,
  TANDEM_SALESFORCE_STREAM: oneOf(['on', 'off']),
  TANDEM_POLL_SECONDS: seconds(1, 3_600),
  TANDEM_START_WAIT_SECONDS: seconds(0, 86_400),
  TANDEM_SCHEMA_SECONDS: seconds(1, 86_400),
  TANDEM_ALERT_WEBHOOK: url,
  TANDEM_HANDOFF_WEBHOOK: url,
  SMTP_URL: z.preprocess(
    blankIsUnset,
    z.url({ protocol: /^smtps?$/, error: 'give smtp://USER:PASSWORD@HOST:587 or smtps://…' }).optional(),
  ),
  TANDEM_MAIL_FROM: text,
  TANDEM_LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
});

/** How to reach both systems. */
export interface Connections {
  readonly hubspot: { readonly baseUrl: string; readonly accessToken: string };
  readonly salesforce: { readonly loginUrl: string; readonly auth: SalesforceAuth };
}

/** Everything that comes from the environment, parsed once. */
export interface Settings {
  readonly connections: Connections | null;
  /** What is missing for `connections`, in words; empty when they are complete. */
  readonly missing: readonly string[];
  readonly databaseUrl: string | null;
  /** Where wakes travel instead of Postgres; holds a password. */
  readonly redisUrl: string | null;
  readonly host: string;
  /** Signs the deliveries of HubSpot's webhooks; null: there are none. */
  readonly hubspotWebhookSecret: string | null;
  /** The app's own credentials, by which its journal is read; null: it is not read. */
  readonly hubspotApp: { readonly clientId: string; readonly clientSecret: string } | null;
  /** By which HubSpot reaches the server, where a proxy stands before it. */
  readonly publicUrl: string | null;
  /** Whether Salesforce's change events are listened to. */
  readonly salesforceStream: boolean;
  readonly pollMs: number;
  /** How often the worker asks both systems what their objects are, while records change; a fourth as often while none do. */
  readonly schemaMs: number;
  /** A Slack-compatible address that is told when a problem begins and ends; it is a secret. */
  readonly alertWebhook: string | null;
  /** A Slack-compatible address that is told of each person handed to sales; it is a secret. */
  readonly handoffWebhook: string | null;
  /** The mail server that tells owners of people handed to them, a secret, and the sender of its mails; null: there is none. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** How long a command waits for a system that cannot be reached when it starts, before it gives up. */
  readonly startWaitMs: number;
  readonly logLevel: string;
}

type Environment = z.infer<typeof environment>;

/** PEM of the key that signs the assertion. @throws UsageError naming the variable where the file cannot be read */
const readKey = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(
      'SALESFORCE_JWT_KEY_FILE: the file cannot be read.',
      'Give the path of the private key in PEM form, readable by the user that runs Tandem.',
      { cause },
    );
  }
};

/** The way in that is set up; where several are, the one that was chosen most specially. */
const salesforceAuth = (env: Environment): SalesforceAuth | null => {
  const {
    SALESFORCE_CLIENT_ID: clientId,
    SALESFORCE_CLIENT_SECRET: clientSecret,
    SALESFORCE_USERNAME: username,
    SALESFORCE_PASSWORD: password,
    SALESFORCE_JWT_KEY_FILE: keyFile,
    SALESFORCE_REFRESH_TOKEN: refreshToken,
  } = env;
  if (clientId && username && keyFile) {
    return { kind: 'jwt', clientId, username, privateKey: readKey(keyFile) };
  }
  if (clientId && refreshToken) {
    return { kind: 'refresh-token', clientId, refreshToken, ...(clientSecret ? { clientSecret } : {}) };
  }
  if (clientId && clientSecret) return { kind: 'client-credentials', clientId, clientSecret };
  if (username && password) return { kind: 'password', username, password };
  return null;
};

/** @throws UsageError where only one of the two is set: the journal would not be read, and nobody would know why */
const hubspotAppOf = ({ HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET }: Environment): Settings['hubspotApp'] => {
  if (HUBSPOT_CLIENT_ID === undefined && HUBSPOT_CLIENT_SECRET === undefined) return null;
  if (HUBSPOT_CLIENT_ID === undefined || HUBSPOT_CLIENT_SECRET === undefined) {
    const [set, missing] =
      HUBSPOT_CLIENT_ID === undefined
        ? ['HUBSPOT_CLIENT_SECRET', 'HUBSPOT_CLIENT_ID']
        : ['HUBSPOT_CLIENT_ID', 'HUBSPOT_CLIENT_SECRET'];
    throw new UsageError(
      `${set} is set, and ${missing} is not.`,
      `Set both, so that HubSpot's journal of changes is read, or leave both blank. The secret that signs webhooks is HUBSPOT_WEBHOOK_SECRET.`,
    );
  }
  return { clientId: HUBSPOT_CLIENT_ID, clientSecret: HUBSPOT_CLIENT_SECRET };
};

/** @throws UsageError where a mail server is set without a sender */
const mailOf = ({ SMTP_URL, TANDEM_MAIL_FROM }: Environment): Settings['mail'] => {
  if (SMTP_URL === undefined) return null;
  if (TANDEM_MAIL_FROM === undefined) {
    throw new UsageError(
      'SMTP_URL is set, and TANDEM_MAIL_FROM is not.',
      'Set TANDEM_MAIL_FROM to the sender of the mails, such as Tandem <tandem@example.com>, or leave SMTP_URL blank.',
    );
  }
  return { smtpUrl: SMTP_URL, from: TANDEM_MAIL_FROM };
};

/**
 * Parses the environment.
 * @throws UsageError naming each variable that is wrong and what it may be.
 */
export const parseSettings = (variables: NodeJS.ProcessEnv): Settings => {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const findings = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new UsageError(
      `The environment is wrong: ${findings.join('; ')}`,
      'Correct these variables (.env.example lists every one), then start again.',
    );
  }
  const env = parsed.data;
  const auth = salesforceAuth(env);
  const missing = [
    ...(env.HUBSPOT_ACCESS_TOKEN ? [] : ['HUBSPOT_ACCESS_TOKEN']),
    ...(auth
      ? []
      : ['SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET (or one of the other ways in of .env.example)']),
  ];
  const connections: Connections | null =
    env.HUBSPOT_ACCESS_TOKEN && auth
      ? {
          hubspot: {
            baseUrl: (env.HUBSPOT_BASE_URL ?? 'https://api.hubapi.com').replace(/\/+$/, ''),
            accessToken: env.HUBSPOT_ACCESS_TOKEN,
          },
          salesforce: {
            loginUrl: (env.SALESFORCE_LOGIN_URL ?? 'https://login.salesforce.com').replace(/\/+$/, ''),
            auth,
          },
        }
      : null;
  return {
    connections,
    missing,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    host: env.TANDEM_HOST ?? '127.0.0.1',
    hubspotWebhookSecret: env.HUBSPOT_WEBHOOK_SECRET ?? null,
    hubspotApp: hubspotAppOf(env),
    publicUrl: env.TANDEM_PUBLIC_URL ?? null,
    salesforceStream: env.TANDEM_SALESFORCE_STREAM !== 'off',
    pollMs: (env.TANDEM_POLL_SECONDS ?? 15) * 1_000,
    schemaMs: (env.TANDEM_SCHEMA_SECONDS ?? 300) * 1_000,
    alertWebhook: env.TANDEM_ALERT_WEBHOOK ?? null,
    handoffWebhook: env.TANDEM_HANDOFF_WEBHOOK ?? null,
    mail: mailOf(env),
    startWaitMs: (env.TANDEM_START_WAIT_SECONDS ?? 300) * 1_000,
    logLevel: env.TANDEM_LOG_LEVEL ?? 'info',
  };
};

/** Settings of this process: the environment, and under it `.env` at the repository's root. */
export const loadSettings = (): Settings => {
  const file = `${repositoryRoot}.env`;
  // loadEnvFile leaves variables alone that are set already: the environment wins.
  if (existsSync(file)) process.loadEnvFile(file);
  return parseSettings(process.env);
};

/** The connections, or a plain word about what is missing. */
export const requireConnections = (settings: Settings): Connections => {
  if (settings.connections) return settings.connections;
  throw new UsageError(
    `No credentials: ${settings.missing.join(', ')} not set.`,
    'Set them in the environment or in .env (see .env.example), or run `npm start` for a demonstration without credentials.',
  );
};
