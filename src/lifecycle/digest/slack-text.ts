const decoded: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const encoded: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Signs that format a message and cannot be escaped there (https://docs.slack.dev/messaging/formatting-message-text, read 2026-11-30), with a sign
 * that looks alike and does nothing. An underscore within a word formats nothing and may belong to an address.
 */
const alike: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ', _: 'ˍ' };
const formatting = /[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Mentions of everybody, as Mattermost and Rocket.Chat read them in a Slack-compatible message. */
const everybody = /(?<![\p{L}\p{N}._%+-])@(?=(?:channel|here|all|everyone)\b)/giu;

/**
 * A line with foreign text in it, for a Slack-compatible message: `&`, `<` and `>` as the entities that Slack asks for, nothing that formats, links or calls
 * everybody. A text that has these entities already is taken for escaped, so that escaping twice is escaping once. Pure, total.
 */
export const slackText = (text: string): string =>
  text
    .replace(/&(?:amp|lt|gt);/g, (entity) => decoded[entity] ?? entity)
    .replace(formatting, (sign) => alike[sign] ?? sign)
    .replace(everybody, '＠')
    .replace(/\](?=\()/g, '] ')
    .replace(/[&<>]/g, (sign) => encoded[sign] ?? sign);
