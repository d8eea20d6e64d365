import { XMLParser } from 'fast-xml-parser';
import type { ApiReply, ApiRequest } from '../../../core/message.ts';
import type { SalesforceError } from '../../errors.ts';
import { isObject } from '../endpoint.ts';

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

export const xmlReply = (status: number, body: string): ApiReply => ({
  status,
  headers: { 'Content-Type': 'text/xml; charset=utf-8' },
  body: envelope(body),
});

/** A fault: HTTP 500, the code in faultcode and detail, code and message in faultstring. */
export const soapFault = (code: string, message: string): ApiReply => {
  const text = escapeXml(message);
  return xmlReply(
    500,
    `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring><detail><sf:UnexpectedErrorFault xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${text}</sf:exceptionMessage></sf:UnexpectedErrorFault></detail></soapenv:Fault>`,
  );
};

/** What an element can hold; a list repeats its element, null is xsi:nil, undefined is left out. */
export type XmlValue =
  | string
  | boolean
  | null
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

export const element = (name: string, value: XmlValue): string => {
  if (value === undefined) return '';
  if (value === null) return `<${name} xsi:nil="true"/>`;
  if (Array.isArray(value)) return value.map((one: XmlValue) => element(name, one)).join('');
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`;
  const inner = Object.entries(value).map(([key, one]) => element(key, one));
  return `<${name}>${inner.join('')}</${name}>`;
};

/** The errors of one result: `fields`, `message`, `statusCode`. */
export const errorElements = (error: SalesforceError): XmlValue =>
  error.errors.map(({ code, message, fields }) => ({ fields: fields ?? [], message, statusCode: code }));

export interface SoapRequest {
  readonly operation: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly sessionId: string | null;
}

/** Names are matched without their prefixes: clients do not all send the namespaces of the WSDL. */
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, trimValues: true });

export const textIn = (value: unknown, name: string): string | null => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : null;
};

/** What stands there once, several times or not at all. */
export const listIn = (value: unknown, name: string): readonly unknown[] => {
  const found = isObject(value) ? value[name] : undefined;
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
};

export const readRequest = (request: ApiRequest): SoapRequest | null => {
  let parsed: unknown;
  try {
    parsed = parser.parse(request.body.toString('utf8'));
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

/** The session of a SOAP call stands in its body; found without parsing the whole. */
export const sessionIdIn = (request: ApiRequest): string | null =>
  /<(?:\w+:)?sessionId>([^<]+)<\//.exec(request.body.toString('utf8'))?.[1] ?? null;
