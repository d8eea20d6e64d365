/** The longest text that Salesforce's description takes (object reference, Lead). */
export const longestText = 32_000;

/** Texts that are no text to somebody, too long or of any script; what is longer than `longestText` only HubSpot can hold. */
export const hardTexts: readonly string[] = [
  'x'.repeat(longestText),
  '字'.repeat(longestText),
  'y'.repeat(longestText + 1),
  'bell \u0007, escape \u001b[31m, nothing \0, delete \u007f',
  'line\r\nline\nline\u2028line',
  'العربية עברית हिन्दी ไทย 한국어 👩‍👩‍👧‍👦 z̷̢a̶l̴g̵o',
];

/** A handful of what lists of naughty strings hold, for tests that have no such list at hand. */
export const naughtyFew: readonly string[] = [
  ';list;of;nothing',
  '  spaces around, and a tab\t ',
  '﻿byte order mark, zero​width, ‮right to left‬',
  `<script>alert('1')</script> & &amp; "quoted" 'quoted' \\ back`,
  `'; DROP TABLE tandem.links; -- $1 %s {{7*7}} \${jndi:ldap://x}`,
  'null',
  'undefined',
  'true',
  '1E+02',
  '=1+1',
  '2026-02-30T25:61:00Z',
  'ﬁ ℃ Å é e\u0301 ｆｕｌｌ',
  'high alone \ud83d, low alone \ude00',
];
