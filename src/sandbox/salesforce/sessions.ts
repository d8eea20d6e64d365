import { randomBytes } from 'node:crypto';
import type { Caller } from '../core/message.ts';
import { toId15 } from './ids.ts';

/** Default session timeout of the vendor: two hours without a call. */
const idleMsMax = 2 * 60 * 60 * 1_000;

interface Session {
  readonly caller: Caller;
  usedAt: number;
}

/** Access tokens in force. Each call renews its session. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A new token: the organization's id, `!` and an opaque part (never a JWT, which clients refuse for SOAP). */
  open(caller: Caller, organizationId: string): string {
    const token = `${toId15(organizationId)}!AQ8AQ${randomBytes(48).toString('base64url')}`;
    this.#sessions.set(token, { caller, usedAt: this.#nowMs() });
    return token;
  }

  /** Whose token it is; null where it is unknown, revoked or idle for too long. */
  use(token: string): Caller | null {
    const session = this.#sessions.get(token);
    if (session === undefined) return null;
    const now = this.#nowMs();
    if (now - session.usedAt > idleMsMax) {
      this.#sessions.delete(token);
      return null;
    }
    session.usedAt = now;
    return session.caller;
  }

  close(token: string): boolean {
    return this.#sessions.delete(token);
  }

  /** Ends all sessions of a caller (null: of everybody), as an administrator can. */
  expire(caller: Caller | null): void {
    for (const [token, session] of this.#sessions) {
      if (caller === null || session.caller === caller) this.#sessions.delete(token);
    }
  }
}
