import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseSettings } from '../../src/settings.ts';

const root = resolve(import.meta.dirname, '../..');

/** What of the Compose specification the file uses; strict, so that a misspelt key is found without Docker. */
const service = z.strictObject({
  image: z.string().optional(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  init: z.boolean().optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  deploy: z.strictObject({ replicas: z.int() }).optional(),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+-\d+:\d+$/)).optional(),
  volumes: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
    })
    .optional(),
});
const compose = z
  .strictObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(join(root, 'compose.yaml'), 'utf8')));
const { postgres, redis, worker } = compose.services;

describe('compose.yaml', () => {
  test('is a fleet: Postgres, Redis and two workers from this Dockerfile', () => {
    expect(new Set(Object.keys(compose.services))).toEqual(new Set(['postgres', 'redis', 'worker']));
    expect(worker).toMatchObject({ build: '.', init: true, deploy: { replicas: 2 } });
    expect(new Set(Object.keys(worker?.depends_on ?? {}))).toEqual(new Set(['postgres', 'redis']));
  });

  test('what a worker waits for can become healthy', () => {
    expect(postgres?.healthcheck?.test.join(' ')).toContain('pg_isready');
    expect(redis?.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
  });

  test('Redis keeps what it has, as BullMQ asks, and nothing on disk that somebody could take for state', () => {
    const command = redis?.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly no');
  });

  test("the workers' variables are ones that they read, and their values are accepted", () => {
    const example = parseEnv(readFileSync(join(root, '.env.example'), 'utf8'));
    const variables = worker?.environment ?? {};
    expect(Object.keys(variables).filter((name) => !(name in example))).toEqual([]);
    const values = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace(/\$\{\w+:-(\w+)\}/g, '$1')]),
    );
    expect(parseSettings(values)).toMatchObject({
      databaseUrl: 'postgres://tandem:tandem@postgres:5432/tandem',
      redisUrl: 'redis://redis:6379',
    });
    expect(postgres?.environment).toMatchObject({ POSTGRES_USER: 'tandem', POSTGRES_DB: 'tandem' });
  });

  test('a worker is reached from outside its container, with .env as .env.example is', () => {
    const ofFile = parseEnv(readFileSync(join(root, '.env.example'), 'utf8'));
    const host = { TANDEM_HOST: worker?.environment?.TANDEM_HOST };
    expect(worker?.env_file).toBe('.env');
    expect(parseSettings({ ...ofFile, ...host }).host).toBe('0.0.0.0');
  });

  test('there is a port for each worker, and volumes are declared', () => {
    const [, from, to] = /:(\d+)-(\d+):4000$/.exec(worker?.ports?.[0] ?? '') ?? [];
    expect(Number(to) - Number(from)).toBeGreaterThanOrEqual(worker?.deploy?.replicas ?? Infinity);
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]),
    );
    expect(Object.keys(compose.volumes)).toEqual(named);
  });

  test('workers have longer to end than they take', () => {
    expect(Number.parseInt(worker?.stop_grace_period ?? '0', 10)).toBeGreaterThan(15);
  });
});
