import type { ApiReply, Call, Caller } from '../../../core/message.ts';
import type { Company } from '../../company.ts';
import { escapeXml, type SoapRequest, soapFault, textIn, xmlReply } from './message.ts';

/** login() ends with API 64; Summer '27 retires it altogether (SOAP API guide, login). */
const loginVersionMax = 64;

const callerOf = (company: Company, username: string, password: string): Caller | null => {
  const { credentials } = company;
  if (username === credentials.username && password === credentials.password) return 'integration';
  return username === credentials.personUsername && password === credentials.personPassword ? 'person' : null;
};

export const login = (company: Company, request: SoapRequest, call: Call, version: number): ApiReply => {
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
  return xmlReply(
    200,
    `<loginResponse><result><metadataServerUrl>${serverUrl.replace('/u/', '/m/')}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>true</sandbox><serverUrl>${serverUrl}</serverUrl><sessionId>${company.sessions.open(caller, organizationId)}</sessionId><userId>${userId}</userId><userInfo><organizationId>${organizationId}</organizationId><userId>${userId}</userId><userName>${escapeXml(username)}</userName></userInfo></result></loginResponse>`,
  );
};

export const logout = (company: Company, request: SoapRequest): ApiReply =>
  request.sessionId !== null && company.sessions.close(request.sessionId)
    ? xmlReply(200, '<logoutResponse/>')
    : soapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
