import { resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { run, withFolders, withJson } from './program.ts';

const recordHelp = `
RECORD is an email address, hubspot:TYPE/ID (hubspot:contacts/151) or salesforce:ID (15 or 18 characters). A company is hubspot:companies/ID,
or salesforce: and the id of its account (001…).
`;

const restoreHelp = `
Where a rule let one value lose, it is put back. Where several were replaced, or none by a rule, they are listed with times and ids, the
newest first, and nothing is written. It is written in the system in which it was replaced, by Tandem's user, and told in the ledger with
your name; what it replaces can be put back in the same way.
${recordHelp}`;

const eraseHelp = `
Values go from the base, the ledger (which goes on telling that something happened), refusals, questions, open writes and messages; the
link ends. A keyed hash of address and ids stays, by which the person is known when they would be taken in again. Nothing is written or
deleted in HubSpot and Salesforce. HubSpot's own privacy deletion does all this by itself.
${recordHelp}`;

const liftHelp = `
A link that ended (deleted, archived, merged into another link, erased) stays as a tombstone, so that nobody comes back by accident. After
this its records are looked at as if they had never been linked: found on the other side, or created there as the mapping says. Of
somebody who was erased the hash goes, too; the values that were erased do not come back, those in the systems flow again.
${recordHelp}`;

const scopeHelp = `
SCOPE is one of
  all                  everything (also when nothing is given)
  people               a mapping, by its name
  contacts, Lead       an object: every mapping that has it
  to-salesforce        a direction; people:to-salesforce in one mapping alone
  align, create        a behaviour; people:create in one mapping alone
  hand-off, return     a behaviour of the lifecycle, by its name in lifecycle.yaml: also stages, score, route, clock, requests
Changes keep being noticed and recorded while it is paused; resume says how many waited, and they are worked off at once.
`;

const failuresHelp = `
  failures                            what was refused, grouped by cause
  failures show CAUSE|RECORD          the records of a cause, or what of a record was refused
  failures retry CAUSE|RECORD|all     sends it once more, as it is now
  failures take CAUSE|RECORD          takes what a lower source entered and what is kept beside the higher one's value
  failures edit RECORD FIELD=VALUE    corrects the value where it was entered; it then flows by itself
  failures discard CAUSE|RECORD       gives it up: not listed, not tried again before the value changes

CAUSE is the first word of a line of the list, mapping/system/field/CODE, or its end alone (STRING_TOO_LONG) where one cause has it. Refused values are tried again by themselves when the value, the mapping, the field or
the rights change.
${recordHelp}`;

const reviewsHelp = `
  reviews                             questions that only a person can answer, the oldest first
  reviews show RECORD                 the candidates of one beside it, field by field, the most alike first
  reviews decide RECORD link CANDIDATE   they are the same: links them
  reviews decide RECORD create        it is somebody new: creates its counterpart, and never asks again
  reviews decide RECORD leave         lets it be, until its candidates are others
${recordHelp}`;

/** The commands with which a person looks into a running Tandem and steers it. */
export const addOperatorCommands = (program: Command): void => {
  withJson(withFolders(program.command('check')))
    .description('holds the configuration against its rules and against both live schemas')
    .option('--offline', 'ask neither system', false)
    .action(run(async () => (await import('./check.ts')).checkCommand));

  withJson(withFolders(program.command('handoffs')))
    .description('the hand-off account: where everybody is who was ready, beside what both systems count')
    .addOption(
      new Option(
        '--by <unit>',
        'also an account for each, by the time when they became ready, beside what both systems count by it',
      ).choices(['week', 'month']),
    )
    .option('--offline', 'ask neither system for its own counts', false)
    .action(run(async () => (await import('./handoffs.ts')).handoffsCommand));

  withJson(withFolders(program.command('report')))
    .description(
      'one page for the weekly review: where the leads are, who is late, what sales accepts, what came back in money',
    )
    .addArgument(new Argument('<kind>', 'which report').choices(['weekly']))
    .option(
      '--week <name>',
      'as 2026-W48; else the last one that is over, or the present one where nothing happened before it',
    )
    .option(
      '--out <file>',
      'where the page goes; else DATA/reports/weekly-WEEK.html; the tables of its leads and deals stand beside it',
      (file) => resolve(file),
    )
    .option('--markdown', 'Markdown instead: the figures as tables, without charts', false)
    .option(
      '--offline',
      'ask neither system where its records are seen: the page has no links to them',
      false,
    )
    .action(run(async () => (await import('./report.ts')).reportCommand));

  withJson(withFolders(program.command('score')))
    .description('why somebody has the score they have; or who would change sides by other rules')
    .argument('[record]', 'whose score')
    .option(
      '--what-if <file>',
      'who would be sales-ready, and who no longer, if this were scoring.yaml',
      (file) => resolve(file),
    )
    .addHelpText('after', recordHelp)
    .action(run(async () => (await import('./score.ts')).scoreCommand));

  withJson(withFolders(program.command('plan')))
    .description('what a first alignment or a changed mapping would do, counted and sampled; writes nothing')
    .action(run(async () => (await import('./plan.ts')).planCommand));

  withJson(withFolders(program.command('apply')))
    .description('lets a mass change, or a first start of the lifecycle, that is held go on')
    .option('--held <id>', "which one: the id that run's line held, or tandem status, names")
    .action(run(async () => (await import('./apply.ts')).applyCommand));

  withJson(withFolders(program.command('explain')))
    .description(
      'the life of a record, or of one field of it: what came from where, when, and by which rule; of a company also its people, and what all of them did',
    )
    .argument('<record>', 'whose life')
    .argument('[field]', "one field, by either system's API name")
    .addHelpText('after', recordHelp)
    .action(run(async () => (await import('./explain.ts')).explainCommand));

  withJson(withFolders(program.command('sync')))
    .description('looks at a record now, whatever was noticed of it')
    .argument('<record>', 'which one')
    .addHelpText('after', recordHelp)
    .action(run(async () => (await import('./sync.ts')).syncCommand));

  withJson(withFolders(program.command('restore')))
    .description('puts back a value that was replaced, where it stood; from there it flows by its rule')
    .argument('<record>', 'whose value')
    .argument('<field>', "which field, by either system's API name")
    .option('--entry <id>', 'which of several: the id that the list of them names')
    .option('--by <name>', 'who asks, for the ledger; else the user of this shell')
    .addHelpText('after', restoreHelp)
    .action(run(async () => (await import('./restore.ts')).restoreCommand));

  withJson(withFolders(program.command('erase')))
    .description('erases what Tandem keeps of a person, and keeps them from coming back')
    .argument('<record>', 'who')
    .option('--yes', 'do it; without this it only says what there is', false)
    .addHelpText('after', eraseHelp)
    .action(run(async () => (await import('./erase.ts')).eraseCommand));

  withJson(withFolders(program.command('lift')))
    .description('lifts the tombstone of a record: it is linked or created again')
    .argument('<record>', 'which one')
    .addHelpText('after', liftHelp)
    .action(run(async () => (await import('./lift.ts')).liftCommand));

  withJson(withFolders(program.command('pause')))
    .description('keeps something still: nothing of it is written until it is resumed')
    .argument('[scope...]', 'what')
    .option('--because <words>', 'why, for those who find it paused')
    .addHelpText('after', scopeHelp)
    .action(run(async () => (await import('./pause.ts')).pauseCommand));

  withJson(withFolders(program.command('resume')))
    .description('lets it go on, and says what waited')
    .argument('[scope...]', 'what; all pauses where nothing is given')
    .addHelpText('after', scopeHelp)
    .action(run(async () => (await import('./pause.ts')).resumeCommand));

  withJson(withFolders(program.command('failures')))
    .description('what was refused: list, show, retry, take, edit, discard')
    .argument('[action]', 'list, show, retry, take, edit or discard', 'list')
    .argument('[what...]', 'a cause or a record')
    .addHelpText('after', failuresHelp)
    .action(run(async () => (await import('./failures.ts')).failuresCommand));

  withJson(withFolders(program.command('reviews')))
    .description('questions for a person: list, show, decide')
    .argument('[action]', 'list, show or decide', 'list')
    .argument('[what...]', 'a record, and the decision')
    .addHelpText('after', reviewsHelp)
    .action(run(async () => (await import('./reviews.ts')).reviewsCommand));
};
