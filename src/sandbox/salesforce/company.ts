import type { Clock } from '../core/clock.ts';
import type { Caller } from '../core/message.ts';
import type { CompanyRule } from '../core/rules.ts';
import type { SeedOptions } from '../core/system.ts';
import { type Actor, CompanyRules } from './access.ts';
import type { SalesforceCredentials } from './credentials.ts';
import { type Directory, fillDirectory, orgCode } from './directory.ts';
import { type AssignmentState, LeadAssignment } from './dml/assignment.ts';
import { LeadMapping, type LeadMappingEntries } from './dml/lead-mapping.ts';
import { ApiLimits } from './limits.ts';
import { standardObjects } from './schema/objects/index.ts';
import { OrgSchema } from './schema/org-schema.ts';
import { seedLeads } from './seed.ts';
import { Sessions } from './sessions.ts';
import { QueryCursors } from './soql/cursors.ts';
import { keepActivities } from './store/activities.ts';
import { keepCampaigns } from './store/campaigns.ts';
import { Database, type DatabaseState } from './store/database.ts';
import { FieldHistory } from './store/field-history.ts';
import { EventBus } from './streaming/event-bus.ts';

/** Which ways of signing in are open; changed through /_sandbox/auth. */
export interface SignInPolicy {
  readonly soapLogin: boolean;
  readonly clientCredentials: boolean;
  readonly password: boolean;
  /** PEM of the certificate that the connected app trusts; without one the JWT grant is refused. */
  readonly jwtPublicKey: string | null;
}

interface CompanyState {
  readonly database: Database;
  readonly directory: Directory;
  readonly cursors: QueryCursors;
  readonly assignment: LeadAssignment;
  readonly leadMapping: LeadMapping;
  readonly history: FieldHistory;
  rules: CompanyRules;
}

/** Everything that a reset would replace, and the use of the daily quota, as plain data. */
export interface SavedCompany {
  readonly database: DatabaseState;
  readonly directory: Directory;
  readonly assignment: AssignmentState;
  readonly leadMapping: LeadMappingEntries;
  readonly trackedFields: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly CompanyRule[];
  readonly policy: SignInPolicy;
  readonly calls: readonly number[];
}

/** The simulated company: everything that a request may read or change. A reset replaces its records, rules and schema. */
export class Company {
  readonly credentials: SalesforceCredentials;
  readonly sessions: Sessions;
  readonly limits: ApiLimits;
  /** Change events of everything that is committed. */
  readonly events: EventBus;
  readonly nowMs: () => number;
  policy: SignInPolicy = { soapLogin: true, clientCredentials: true, password: true, jwtPublicKey: null };
  #state: CompanyState;

  constructor(credentials: SalesforceCredentials, clock: Clock) {
    this.credentials = credentials;
    this.nowMs = () => clock.now();
    this.sessions = new Sessions(this.nowMs);
    this.limits = new ApiLimits(this.nowMs);
    this.events = new EventBus(this.nowMs);
    this.#state = this.#found();
  }

  get database(): Database {
    return this.#state.database;
  }

  get directory(): Directory {
    return this.#state.directory;
  }

  get cursors(): QueryCursors {
    return this.#state.cursors;
  }

  get assignment(): LeadAssignment {
    return this.#state.assignment;
  }

  get leadMapping(): LeadMapping {
    return this.#state.leadMapping;
  }

  get history(): FieldHistory {
    return this.#state.history;
  }

  get rules(): CompanyRules {
    return this.#state.rules;
  }

  set rules(rules: CompanyRules) {
    this.#state.rules = rules;
  }

  /** The user behind a caller. */
  actor(caller: Caller): Actor {
    const { integrationUserId, personUserId } = this.directory;
    return { caller, userId: caller === 'integration' ? integrationUserId : personUserId };
  }

  reset(options: SeedOptions): void {
    this.#state = this.#found();
    this.limits.clear();
    this.events.clear();
    seedLeads(this.#state.database, this.#state.directory, options);
  }

  /** Sessions and query cursors are not kept: clients sign in anew, as after any long pause. */
  exportState(): SavedCompany {
    const { database, directory, assignment, leadMapping, rules } = this.#state;
    return {
      database: database.exportState(),
      directory,
      assignment: assignment.exportState(),
      leadMapping: leadMapping.exportState(),
      trackedFields: this.history.exportState(),
      rules: rules.all,
      policy: this.policy,
      calls: this.limits.exportState(),
    };
  }

  importState(saved: SavedCompany): void {
    const database = this.#emptyDatabase();
    database.importState(saved.database);
    const assignment = new LeadAssignment(saved.directory.personUserId);
    assignment.set(saved.assignment);
    const leadMapping = new LeadMapping();
    leadMapping.set(saved.leadMapping, database);
    const history = new FieldHistory(database);
    for (const [object, fields] of Object.entries(saved.trackedFields)) history.track(object, fields);
    this.#state = {
      database,
      history,
      directory: saved.directory,
      cursors: new QueryCursors(this.nowMs),
      assignment,
      leadMapping,
      rules: new CompanyRules(saved.rules),
    };
    this.policy = saved.policy;
    this.limits.importState(saved.calls);
  }

  #emptyDatabase(): Database {
    const database = new Database(new OrgSchema(standardObjects), orgCode, this.nowMs);
    // First, so that change events carry the account that the system works out.
    database.onCommit((commit) => keepActivities(database, commit));
    database.onCommit((commit) => keepCampaigns(database, commit));
    database.onCommit((commit) => this.events.publish(commit));
    return database;
  }

  #found(): CompanyState {
    const database = this.#emptyDatabase();
    const directory = fillDirectory(database, this.credentials);
    return {
      database,
      history: new FieldHistory(database),
      directory,
      cursors: new QueryCursors(this.nowMs),
      assignment: new LeadAssignment(directory.personUserId),
      leadMapping: new LeadMapping(),
      rules: new CompanyRules(),
    };
  }
}
