import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { repositoryRoot } from '../settings.ts';
import { exitCodeOf, sayError } from './exit.ts';

export const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  }
  return number;
};

export const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('give a whole number from 0.');
  return number;
};

/** Where configuration and data lie; given paths are relative to the caller's folder. */
export const withFolders = (command: Command): Command =>
  command
    .option('--config <dir>', 'folder of the configuration', (dir) => resolve(dir), `${repositoryRoot}config`)
    .option(
      '--data <dir>',
      'folder of the embedded store',
      (dir) => resolve(dir),
      `${repositoryRoot}.tandem`,
    );

export const withJson = (command: Command): Command =>
  command.option('--json', 'print JSON alone on stdout', false);

/**
 * Runs a command's action and turns what it throws into the contract's exit codes. The command's arguments come with its options, as
 * `args`.
 */
export const run =
  <Options>(load: () => Promise<(options: Options) => Promise<number>>) =>
  async (...given: unknown[]): Promise<void> => {
    try {
      const action = await load();
      const command = given.at(-1) as Command;
      process.exitCode = await action({ ...command.opts(), args: command.args } as Options);
    } catch (error) {
      sayError(error);
      process.exitCode = exitCodeOf(error);
    }
  };
