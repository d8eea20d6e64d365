import { parseArgs } from 'node:util';
import { z } from 'zod';
import { accessShape } from '../../test/data/sandbox-access.ts';
import type { Sandbox } from '../kit/sandbox.ts';

/** What a peer's process is started with. */
export interface ScriptInput {
  readonly access: Sandbox['access'];
  /** Where it keeps what has to outlive it. */
  readonly dataDir: string;
}

export const scriptArguments = ({ access, dataDir }: ScriptInput): readonly string[] => [
  JSON.stringify(access),
  dataDir,
];

const argumentsShape = z.tuple([z.string(), z.string()]);

/** Its own arguments, read back. */
export const readInput = (): ScriptInput => {
  const [access, dataDir] = argumentsShape.parse(parseArgs({ allowPositionals: true }).positionals);
  return { access: accessShape.parse(JSON.parse(access)), dataDir };
};
