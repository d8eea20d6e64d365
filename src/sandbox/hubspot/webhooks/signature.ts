import { createHash, createHmac } from 'node:crypto';

/**
 * The escapes that version 3 decodes before it signs, and no others (request validation, developers.hubspot.com, read
 * 2026-11-24). The `?` that begins the query is none of them.
 */
const decoded: Readonly<Record<string, string>> = {
  '%3a': ':',
  '%2f': '/',
  '%3f': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2a': '*',
  '%2c': ',',
  '%3b': ';',
};

const signedUri = (url: string): string =>
  url.replace(/%[0-9a-f]{2}/gi, (code) => decoded[code.toLowerCase()] ?? code);

/** The headers of a delivery: version 3, and version 1 beside it as HubSpot still sends. */
export const signatureHeaders = (
  secret: string,
  url: string,
  body: string,
  timestampMs: number,
): Readonly<Record<string, string>> => ({
  'X-HubSpot-Request-Timestamp': String(timestampMs),
  'X-HubSpot-Signature-v3': createHmac('sha256', secret)
    .update(`POST${signedUri(url)}${body}${timestampMs}`)
    .digest('base64'),
  'X-HubSpot-Signature-Version': 'v1',
  'X-HubSpot-Signature': createHash('sha256')
    .update(secret + body)
    .digest('hex'),
});
