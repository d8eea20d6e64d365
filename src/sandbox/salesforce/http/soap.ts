import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { SalesforceError } from '../errors.ts';
import { versionMax } from './endpoint.ts';
import { element, readRequest, type SoapRequest, soapFault, xmlReply } from './soap/message.ts';
import { operations } from './soap/operations.ts';
import { login, logout } from './soap/sign-in.ts';

const badSession = (): ApiReply =>
  soapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');

const perform = (company: Company, request: SoapRequest): ApiReply => {
  const operation = operations.get(request.operation);
  if (operation === undefined) {
    return soapFault('INVALID_OPERATION', `No operation available for request ${request.operation}`);
  }
  const caller = request.sessionId === null ? null : company.sessions.use(request.sessionId);
  if (caller === null) return badSession();
  try {
    const results = operation(company, caller, request);
    return xmlReply(200, element(`${request.operation}Response`, { result: results }));
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const [first] = error.errors;
    return soapFault(first?.code ?? 'UNKNOWN_EXCEPTION', first?.message ?? '');
  }
};

const serve = (company: Company, call: Call): ApiReply => {
  const version = Number(/^(\d{1,3})\.0$/.exec(call.params.get('version') ?? '')?.[1]);
  if (!(version <= versionMax)) {
    return soapFault('UNSUPPORTED_API_VERSION', 'Invalid Api version specified on URL');
  }
  const request = readRequest(call.request);
  if (request === null) return soapFault('UNKNOWN_EXCEPTION', 'The request is no SOAP envelope.');
  if (request.operation === 'login') return login(company, request, call, version);
  if (request.operation === 'logout') return logout(company, request);
  return perform(company, request);
};

/** The partner SOAP endpoint; the organization's id may follow the version, as in the serverUrl of a login. */
export const soapRoutes = (company: Company): readonly Route[] =>
  ['/services/Soap/u/{version}', '/services/Soap/u/{version}/{organizationId}'].map((template) => ({
    method: 'POST',
    template,
    open: true,
    handle: (call: Call) => serve(company, call),
  }));
