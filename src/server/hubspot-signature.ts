import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a delivery is good for, by HubSpot's rule; as far into the future its clock may be ahead of ours. */
export const signatureAgeMsMax = 300_000;

/**
 * HubSpot decodes these escapes of the address before it signs, and no others ("Validating requests", signature v3,
 * developers.hubspot.com, read 2026-11-24).
 */
const decodedEscapes: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

/** The address as HubSpot signs it. */
export const signedAddress = (url: string): string =>
  url.replace(/%[0-9a-f]{2}/gi, (code) => decodedEscapes[code.toUpperCase()] ?? code);

/** What a signature covers; the body as raw bytes. */
export interface SignedRequest {
  readonly method: string;
  /** The address that HubSpot called, whole. */
  readonly url: string;
  readonly body: Buffer;
  /** Header `X-HubSpot-Request-Timestamp`, as it came. */
  readonly timestamp: string;
  /** Header `X-HubSpot-Signature-v3`, as it came. */
  readonly signature: string;
}

/** Whether a timestamp is a time within five minutes of now. */
export const isFreshTimestamp = (timestamp: string, nowMs: number): boolean =>
  /^\d{1,15}$/.test(timestamp) && Math.abs(nowMs - Number(timestamp)) <= signatureAgeMsMax;

/** Whether the app's secret made this signature. Takes the same time for every wrong one of the right length. */
export const isSignedBy = (secret: string, request: SignedRequest): boolean => {
  const expected = createHmac('sha256', secret)
    .update(request.method + signedAddress(request.url))
    .update(request.body)
    .update(request.timestamp)
    .digest();
  const given = Buffer.from(request.signature, 'base64');
  // The text is compared too: base64 forgives what HubSpot never sends.
  return (
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    request.signature === expected.toString('base64')
  );
};
