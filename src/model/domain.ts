const scheme = /^[a-z][a-z0-9+.-]*:\/\//;
const hostName =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/**
 * The domain that a web address or a bare domain names, in lower case and without `www.`: `https://www.Acme.com:443/de?x` and
 * `acme.com` are one company's. Null where the text names none. Sub-domains count: `shop.acme.com` is not `acme.com`.
 */
export const domainOf = (text: string): string | null => {
  const rest = text.trim().toLowerCase().replace(scheme, '');
  const host = (/^[^/?#\\]*/.exec(rest)?.[0] ?? '').replace(/^[^@]*@/, '').replace(/:\d*$/, '');
  const bare = host.replace(/\.$/, '').replace(/^www\./, '');
  return hostName.test(bare) ? bare : null;
};
