import type { HttpResponse } from 'jsforce';
import { CallFailed, type FailureCategory } from '../../model/failure.ts';
import type { SalesforceAuth, SignInOptions } from './sign-in.ts';
import { NoAnswer } from './transport.ts';

/** The variables that hold each kind of credentials, for the person who has to correct them. */
const variablesOf: Record<SalesforceAuth['kind'], string> = {
  'client-credentials': 'SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET',
  password: 'SALESFORCE_USERNAME and SALESFORCE_PASSWORD (password and security token, one after the other)',
  jwt: 'SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_JWT_KEY_FILE',
  'refresh-token': 'SALESFORCE_REFRESH_TOKEN, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET',
};

/** What to do, by the error that the token endpoint or SOAP login names. Its description is not passed on. */
const nextStep: Readonly<Record<string, string>> = {
  invalid_client_id:
    'no app has this client id: check SALESFORCE_CLIENT_ID and that SALESFORCE_LOGIN_URL is the same company’s',
  invalid_client:
    'the client id or its secret is wrong: check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET',
  unsupported_grant_type:
    'the app does not allow this flow: enable it in the app, and check that SALESFORCE_LOGIN_URL is the company’s My Domain address',
  inactive_user: 'the integration user is not active: activate it in Salesforce',
  inactive_org: 'the company’s Salesforce is locked or closed: check SALESFORCE_LOGIN_URL',
  LOGIN_MUST_USE_SECURITY_TOKEN:
    'append the user’s security token to SALESFORCE_PASSWORD, or trust this address in Salesforce',
  PASSWORD_LOCKOUT: 'too many wrong passwords: unlock the user in Salesforce, then check SALESFORCE_PASSWORD',
  PASSWORD_EXPIRED: 'the password has expired: set a new one and put it into SALESFORCE_PASSWORD',
  INSUFFICIENT_ACCESS:
    'the user needs the permission "Use Any API Auth" for SOAP login; client credentials (SALESFORCE_CLIENT_ID) do not',
};

const throttledCodes = new Set(['rate_limit_exceeded', 'REQUEST_LIMIT_EXCEEDED', 'LOGIN_RATE_EXCEEDED']);
const unavailableCodes = new Set([
  'server_error',
  'temporarily_unavailable',
  'SERVER_UNAVAILABLE',
  'UNKNOWN_EXCEPTION',
]);

/** The error's own name in the answer: OAuth's `error`, SOAP's fault code. */
const codeIn = (answer: HttpResponse): string | null => {
  if (/<passwordExpired>true</.test(answer.body)) return 'PASSWORD_EXPIRED';
  return (
    /"error"\s*:\s*"([A-Za-z_]+)"/.exec(answer.body)?.[1] ??
    /"errorCode"\s*:\s*"([A-Z_]+)"/.exec(answer.body)?.[1] ??
    /<faultcode>(?:[A-Za-z]+:)?([A-Z_]+)<\/faultcode>/.exec(answer.body)?.[1] ??
    /<faultstring>([A-Z_]+):/.exec(answer.body)?.[1] ??
    null
  );
};

const categoryOf = (status: number, code: string | null): FailureCategory => {
  if (code !== null && throttledCodes.has(code)) return 'throttled';
  if (code !== null && unavailableCodes.has(code)) return 'unavailable';
  // A SOAP fault is a 500 also when it is the password that is wrong: its code decides, where it has one.
  if (code !== null) return 'credentials';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'credentials';
};

/**
 * What a failed sign-in means. The message names the variable to check and never holds what stands in it.
 * @param answer what came back, null where nothing did
 */
export const signInFailure = (
  error: unknown,
  answer: HttpResponse | null,
  options: SignInOptions,
): CallFailed => {
  const origin = new URL(options.loginUrl).origin;
  if (answer === null) {
    const code = error instanceof NoAnswer ? error.code : 'SIGN_IN';
    const where =
      error instanceof NoAnswer ? `${origin} gives no answer` : 'the sign-in could not be prepared';
    const category = error instanceof NoAnswer ? 'unavailable' : 'credentials';
    const check = error instanceof NoAnswer ? 'SALESFORCE_LOGIN_URL' : variablesOf[options.auth.kind];
    const message = `${where}: check ${check}`;
    return new CallFailed({ category, system: 'salesforce', code, message, fields: [] }, { cause: error });
  }
  const code = codeIn(answer);
  const category = categoryOf(answer.statusCode, code);
  const named = code === null ? undefined : nextStep[code];
  const ours =
    code === null
      ? `no Salesforce sign-in answers there (status ${answer.statusCode}): check SALESFORCE_LOGIN_URL and `
      : 'check ';
  const message =
    category === 'credentials'
      ? `sign-in refused by ${origin}: ${named ?? `${ours}${variablesOf[options.auth.kind]}`}`
      : `sign-in at ${origin} is not possible now (status ${answer.statusCode})`;
  return new CallFailed({
    category,
    system: 'salesforce',
    code: code ?? `HTTP_${answer.statusCode}`,
    message,
    fields: [],
  });
};
