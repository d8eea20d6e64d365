import { XMLParser } from 'fast-xml-parser';
import type { ApiReply, Call, Caller } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { isObject, versionMax } from './endpoint.ts';

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

const xml = (status: number, body: string): ApiReply => ({
  status,
  headers: { 'Content-Type': 'text/xml; charset=utf-8' },
  body: envelope(body),
});

/** A fault: HTTP 500, the code in faultcode and detail, code and message in faultstring. */
export const soapFault = (code: string, message: string): ApiReply => {
  const text = escapeXml(message);
  return xml(
    500,
    `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring><detail><sf:UnexpectedErrorFault xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${text}</sf:exceptionMessage></sf:UnexpectedErrorFault></detail></soapenv:Fault>`,
  );
};

interface SoapRequest {
  readonly operation: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly sessionId: string | null;
}

/** Names are matched without their prefixes: clients do not all send the namespaces of the WSDL. */
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, trimValues: true });

const textIn = (value: unknown, name: string): string | null => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : null;
};

const readRequest = (call: Call): SoapRequest | null => {
  let parsed: unknown;
  try {
    parsed = parser.parse(call.request.body.toString('utf8'));
  } catch {
    return null;
  }
  const root = isObject(parsed) ? parsed.Envelope : undefined;
  const body = isObject(root) ? root.Body : undefined;
  if (!isObject(root) || !isObject(body)) return null;
  const [entry] = Object.entries(body).filter(([name]) => !name.startsWith('@'));
  if (entry === undefined) return null;
  const header = isObject(root.Header) ? root.Header.SessionHeader : undefined;
  return {
    operation: entry[0],
    arguments: isObject(entry[1]) ? entry[1] : {},
    sessionId: textIn(header, 'sessionId'),
  };
};

/** login() ends with API 64; Summer '27 retires it altogether (SOAP API guide, login). */
const loginVersionMax = 64;

const callerOf = (company: Company, username: string, password: string): Caller | null => {
  const { credentials } = company;
  if (username === credentials.username && password === credentials.password) return 'integration';
  return username === credentials.personUsername && password === credentials.personPassword ? 'person' : null;
};

const login = (company: Company, request: SoapRequest, call: Call, version: number): ApiReply => {
  if (version > loginVersionMax) {
    return soapFault('INVALID_OPERATION', 'SOAP API login() is not available in this API version.');
  }
  if (!company.policy.soapLogin) {
    return soapFault('INVALID_OPERATION', 'SOAP API login() is disabled by default in this org.');
  }
  const username = textIn(request.arguments, 'username')?.toLowerCase() ?? '';
  const caller = callerOf(company, username, textIn(request.arguments, 'password') ?? '');
  if (caller === null) {
    return soapFault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  }
  const { organizationId } = company.directory;
  const { userId } = company.actor(caller);
  const serverUrl = `${call.request.origin}/services/Soap/u/${version}.0/${organizationId.slice(0, 15)}`;
  return xml(
    200,
    `<loginResponse><result><metadataServerUrl>${serverUrl.replace('/u/', '/m/')}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>true</sandbox><serverUrl>${serverUrl}</serverUrl><sessionId>${company.sessions.open(caller, organizationId)}</sessionId><userId>${userId}</userId><userInfo><organizationId>${organizationId}</organizationId><userId>${userId}</userId><userName>${escapeXml(username)}</userName></userInfo></result></loginResponse>`,
  );
};

const logout = (company: Company, request: SoapRequest): ApiReply =>
  request.sessionId !== null && company.sessions.close(request.sessionId)
    ? xml(200, '<logoutResponse/>')
    : soapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');

type Operation = (company: Company, request: SoapRequest, call: Call, version: number) => ApiReply;

/** The operations of the partner API that are there; one more is one more entry. */
const operations = new Map<string, Operation>(Object.entries({ login, logout }));

const serve = (company: Company, call: Call): ApiReply => {
  const version = Number(/^(\d{1,3})\.0$/.exec(call.params.get('version') ?? '')?.[1]);
  if (!(version <= versionMax)) {
    return soapFault('UNSUPPORTED_API_VERSION', 'Invalid Api version specified on URL');
  }
  const request = readRequest(call);
  if (request === null) return soapFault('UNKNOWN_EXCEPTION', 'The request is no SOAP envelope.');
  const operation = operations.get(request.operation);
  if (operation === undefined) {
    return soapFault('INVALID_OPERATION', `No operation available for request ${request.operation}`);
  }
  return operation(company, request, call, version);
};

/** The partner SOAP endpoint; the organization's id may follow the version, as in the serverUrl of a login. */
export const soapRoutes = (company: Company): readonly Route[] =>
  ['/services/Soap/u/{version}', '/services/Soap/u/{version}/{organizationId}'].map((template) => ({
    method: 'POST',
    template,
    open: true,
    handle: (call: Call) => serve(company, call),
  }));
