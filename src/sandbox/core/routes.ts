import type { ApiReply, Call, PathParams } from './message.ts';

/** One endpoint. `template` has parameters in braces: `/crm/v3/objects/{objectType}/{objectId}`. */
export interface Route {
  readonly method: string;
  readonly template: string;
  /** Open to callers who have not signed in (sign-in itself). */
  readonly open?: boolean;
  handle(call: Call): ApiReply | Promise<ApiReply>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: PathParams;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: { readonly name: string; readonly node: Node } | null;
  readonly routes: Map<string, Route>;
}

const makeNode = (): Node => ({ literals: new Map(), parameter: null, routes: new Map() });

const parameterName = (segment: string): string | null =>
  segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : null;

const addRoute = (root: Node, route: Route): void => {
  let node = root;
  for (const segment of route.template.split('/').slice(1)) {
    const name = parameterName(segment);
    if (name === null) {
      let next = node.literals.get(segment);
      if (next === undefined) {
        next = makeNode();
        node.literals.set(segment, next);
      }
      node = next;
    } else {
      node.parameter ??= { name, node: makeNode() };
      if (node.parameter.name !== name) {
        throw new Error(
          `${route.template}: this place is already called {${node.parameter.name}}; use one name for it`,
        );
      }
      node = node.parameter.node;
    }
  }
  if (node.routes.has(route.method)) throw new Error(`${route.method} ${route.template} is there twice`);
  node.routes.set(route.method, route);
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** All endpoints of a system. A literal segment goes before a parameter; a dead end after a literal tries the parameter. */
export class RouteTable {
  readonly #root = makeNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) addRoute(this.#root, route);
  }

  find(method: string, path: string): RouteMatch | null {
    return this.#walk(this.#root, method, path.split('/').slice(1), 0, new Map());
  }

  #walk(
    node: Node,
    method: string,
    segments: readonly string[],
    at: number,
    params: PathParams,
  ): RouteMatch | null {
    const segment = segments[at];
    if (segment === undefined) {
      const route = node.routes.get(method);
      return route === undefined ? null : { route, params };
    }
    const literal = node.literals.get(segment);
    const found = literal === undefined ? null : this.#walk(literal, method, segments, at + 1, params);
    if (found !== null || node.parameter === null || segment === '') return found;
    const { name, node: next } = node.parameter;
    return this.#walk(next, method, segments, at + 1, new Map([...params, [name, decode(segment)]]));
  }
}
