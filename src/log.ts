import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * One JSON object per line. Lines carry names, counts, ids and codes, never field values or secrets; the paths below
 * are a second net under that rule.
 */
export const makeLog = (destination?: DestinationStream, level = 'info'): Logger => {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['*.accessToken', '*.password', '*.clientSecret', '*.token', '*.authorization', '*.fields.*'],
      censor: '[removed]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
};

/** What a caught error says, for a log line. */
export const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
