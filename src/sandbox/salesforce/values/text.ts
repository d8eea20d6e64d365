/**
 * Leading and trailing white space goes and what is empty is null; a no-break space survives (Apex documentation quoted
 * at salesforcedan.com/sobject-empty-strings-and-trailing-whitespace).
 */
export const cleanText = (text: string): string | null => {
  const trimmed = text.replace(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, '');
  return trimmed === '' ? null : trimmed;
};

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const emailPattern = new RegExp(`^${atom}(?:\\.${atom})*@(?:${label}\\.)+${label}$`);

/**
 * What the vendor takes as an email address: ASCII, no quoted local part, no address literal, a dot in the domain
 * (the help page on valid characters says as much; the fine print is unverified).
 */
export const isEmailAddress = (text: string): boolean => emailPattern.test(text);
