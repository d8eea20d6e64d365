import { type Clock, systemClock } from '../core/clock.ts';
import type { LimitChange } from '../core/limits.ts';
import type { ApiReply, ApiRequest, Caller } from '../core/message.ts';
import type { Route } from '../core/routes.ts';
import type { CompanyRule } from '../core/rules.ts';
import type { Admission, ControlRoute, SeedOptions, SimulatedSystem } from '../core/system.ts';
import { CompanyRules } from './access.ts';
import { Company, type SavedCompany } from './company.ts';
import { addToSchema, controlRoutes, loadRecords, pageRecords } from './control.ts';
import type { SalesforceCredentials } from './credentials.ts';
import { editsRoute } from './edit-control.ts';
import { errorReply, messageOf, refuse, SalesforceError } from './errors.ts';
import { collectionRoutes } from './http/collections.ts';
import { compositeRoutes } from './http/composite.ts';
import { describeRoutes } from './http/describe.ts';
import { discoveryRoutes } from './http/discovery.ts';
import { headerOf } from './http/endpoint.ts';
import { oauthRoutes } from './http/oauth.ts';
import { queryRoutes } from './http/query.ts';
import { recordRoutes } from './http/records.ts';
import { replicationRoutes } from './http/replication.ts';
import { sessionIdIn, soapFault } from './http/soap/message.ts';
import { soapRoutes } from './http/soap.ts';
import { setupRoutes } from './setup-control.ts';
import { streamingRoutes } from './streaming/routes.ts';

const tokenOf = (request: ApiRequest): string | null => {
  if (request.path.startsWith('/services/Soap/')) return sessionIdIn(request);
  const header = headerOf(request.headers, 'authorization') ?? '';
  // The identity URL may carry the token in its query string.
  return /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header)?.[1] ?? request.query.get('oauth_token');
};

/** The Salesforce simulator as the server that both simulators share sees it. */
class SalesforceSystem implements SimulatedSystem {
  readonly name = 'salesforce' as const;
  readonly jsonContentType = 'application/json;charset=UTF-8';
  readonly routes: readonly Route[];
  readonly controlRoutes: readonly ControlRoute[];
  readonly #company: Company;
  readonly #streaming: ReturnType<typeof streamingRoutes>;

  constructor(credentials: SalesforceCredentials, clock: Clock) {
    const company = new Company(credentials, clock);
    this.#company = company;
    this.#streaming = streamingRoutes(company, clock);
    const dataRoutes = [
      ...describeRoutes(company),
      ...replicationRoutes(company),
      ...recordRoutes(company),
      ...collectionRoutes(company),
      ...queryRoutes(company),
    ];
    this.routes = [
      ...oauthRoutes(company),
      ...soapRoutes(company),
      ...discoveryRoutes(company),
      ...dataRoutes,
      ...compositeRoutes(company, dataRoutes),
      ...this.#streaming.routes,
    ];
    this.controlRoutes = [
      ...controlRoutes(company),
      ...setupRoutes(company),
      editsRoute(company),
      ...this.#streaming.controlRoutes,
    ];
  }

  identify(request: ApiRequest): Caller | null {
    const token = tokenOf(request);
    return token === null ? null : this.#company.sessions.use(token);
  }

  arrive(request: ApiRequest): () => void {
    return this.#company.limits.arrive(request);
  }

  admit(request: ApiRequest): Admission {
    const admission = this.#company.limits.admit(request);
    const isSoap = request.path.startsWith('/services/Soap/');
    if (!isSoap || !('refused' in admission) || admission.refused.status !== 403) return admission;
    return { refused: soapFault('REQUEST_LIMIT_EXCEEDED', messageOf('REQUEST_LIMIT_EXCEEDED')) };
  }

  /** Objects and match fields are told apart in the statistics; versions, ids and values are not. */
  statsParameter(name: string, value: string): string | null {
    const { schema } = this.#company.database;
    if (name === 'type') return schema.object(value)?.name ?? null;
    if (name !== 'key' && name !== 'field') return null;
    return /^[A-Za-z]\w*__c$/.test(value) || value === 'Id' ? value : null;
  }

  unauthenticated(): ApiReply {
    return errorReply(refuse('INVALID_SESSION_ID', messageOf('INVALID_SESSION_ID')));
  }

  notFound(): ApiReply {
    return errorReply(refuse('NOT_FOUND', messageOf('NOT_FOUND')));
  }

  errorReply(code: string, status: number | undefined, request: ApiRequest): ApiReply {
    if (request.path.startsWith('/services/Soap/')) return soapFault(code, messageOf(code));
    if (request.path.startsWith('/services/oauth2/')) {
      return { status: status ?? 400, body: { error: code, error_description: messageOf(code) } };
    }
    const error = new SalesforceError(
      { code, message: messageOf(code) },
      status === undefined ? {} : { status },
    );
    return { ...errorReply(error), headers: this.#company.limits.usageHeader };
  }

  brokenReply(): ApiReply {
    return errorReply(refuse('UNKNOWN_EXCEPTION', messageOf('UNKNOWN_EXCEPTION')));
  }

  reset(options: SeedOptions): void {
    this.#company.reset(options);
    this.#streaming.reset();
  }

  changeLimits(change: LimitChange): void {
    this.#company.limits.settings.change(change);
  }

  setRules(rules: readonly CompanyRule[]): void {
    this.#company.rules = new CompanyRules(rules);
  }

  countRecords(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#company.database.tables.map((table) => [table.schema.name, table.liveCount]),
    );
  }

  pageRecords(type: string, after: string | null, limit: number): { records: unknown[]; after?: string } {
    return pageRecords(this.#company, type, after, limit);
  }

  loadRecords(type: string, records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
    return loadRecords(this.#company, type, records);
  }

  addSchema(payload: unknown): void {
    addToSchema(this.#company, payload);
  }

  exportState(): SavedCompany {
    return this.#company.exportState();
  }

  importState(state: unknown): void {
    this.#company.importState(state as SavedCompany);
  }
}

/** The Salesforce simulator: an Enterprise org with people, companies and deals, served by startSimulator. */
export const createSalesforceSystem = (
  credentials: SalesforceCredentials,
  clock: Clock = systemClock,
): SimulatedSystem => new SalesforceSystem(credentials, clock);
