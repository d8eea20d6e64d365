import type { MailOwner } from '../../lifecycle/run/ports.ts';

/** The connection was never there: nothing was sent. */
const notSent: ReadonlySet<string> = new Set(['ECONNECTION', 'EDNS', 'ESOCKET', 'ETIMEDOUT']);

const answerWithinMs = 10_000;

/** The mail server's code and answer, without its words: those name whom the mail was for. */
const codeOf = (error: unknown): string => {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  return [code, responseCode].filter((each) => each !== undefined).join(' ') || 'no code';
};

/**
 * Sends mails by the server of `SMTP_URL` (smtp://user:password@host:587, smtps:// with TLS from the beginning). The library is loaded only where there
 * is one. A mail that may have been taken is never sent again.
 */
export const mailBy = async (smtpUrl: string, from: string): Promise<MailOwner> => {
  const { createTransport } = await import('nodemailer');
  const limits = {
    connectionTimeout: answerWithinMs,
    greetingTimeout: answerWithinMs,
    socketTimeout: answerWithinMs,
  };
  const transport = createTransport({ url: smtpUrl, ...limits });
  return async (to, { subject, body }) => {
    try {
      await transport.sendMail({ from, to, subject, text: body });
      return { kind: 'sent' };
    } catch (error) {
      const code = codeOf(error);
      const isConnecting = (error as { readonly command?: unknown }).command === 'CONN';
      const again = isConnecting && notSent.has(code.split(' ')[0] ?? '');
      return { kind: again ? 'not-sent' : 'refused', why: `the mail server: ${code}` };
    }
  };
};
