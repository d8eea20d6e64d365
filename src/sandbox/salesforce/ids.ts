const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const suffixLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const idForm = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;

/**
 * The three letters that make a case-sensitive 15-character id safe where case is lost: one per five characters, its
 * five bits saying which of them are capitals (https://gist.github.com/hynekcer/0f8416c8bf05316141bed12a749af33a).
 */
const suffixOf = (id15: string): string => {
  let suffix = '';
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) {
      const code = id15.charCodeAt(chunk + at);
      if (code >= 65 && code <= 90) bits |= 1 << at;
    }
    suffix += suffixLetters[bits];
  }
  return suffix;
};

/**
 * An id in its 18-character form, or null where the text is no id. Like the vendor, an 18-character id is taken by its
 * first 15 characters; the suffix is not checked (unverified).
 */
export const toId18 = (text: string): string | null => {
  if (!idForm.test(text)) return null;
  const id15 = text.slice(0, 15);
  return id15 + suffixOf(id15);
};

/** The 15-character form that error messages and URLs of old use. */
export const toId15 = (id: string): string => id.slice(0, 15);

/** The first three characters of an id name its object. */
export const prefixOf = (id: string): string => id.slice(0, 3);

/**
 * The `sequence`-th id of an object: key prefix, the org's two characters, `0`, and nine base-62 digits. Ids of one
 * object sort by ASCII in the order in which they were given out.
 */
export const makeId = (prefix: string, orgCode: string, sequence: number): string => {
  let rest = sequence;
  let tail = '';
  for (let place = 0; place < 9; place += 1) {
    tail = (digits[rest % 62] ?? '0') + tail;
    rest = Math.floor(rest / 62);
  }
  const id15 = `${prefix}${orgCode}0${tail}`;
  return id15 + suffixOf(id15);
};
