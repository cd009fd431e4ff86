# Jupan as an image: docker build -t jupan .
# docs/deploy.md says how to run it. scripts/check-dockerfile.ts holds this file to its rules, and test/deploy runs its steps.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# First what changes seldom, so that the layer with the packages is kept. The install scripts would bring a second Node.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# Nobody reads types and source maps in an image: they are half of the packages.
RUN npm run build \
  && npm prune --omit=dev --omit=optional --ignore-scripts \
  && find node_modules -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' \) -delete \
  && mkdir /data

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="Jupan" \
  org.opencontainers.image.description="A Discord bot that reasons with tools, and shows its working" \
  org.opencontainers.image.licenses="MIT"
# HOME is where tool servers that npx starts keep their packages: nothing else on disk can be written to. The port is where the
# health check below asks whether the bot lives.
ENV NODE_ENV=production HOME=/data OPS_PORT=9464
COPY --from=build /app/package.json /app/.env.example /app/
COPY --from=build /app/bin /app/bin
COPY --from=build /app/dist /app/dist
COPY --from=build /app/node_modules /app/node_modules
# A volume belongs here: the only place that the bot writes to, besides /tmp. No VOLUME says so, since that makes nameless ones,
# which are soon lost, and Railway refuses it.
COPY --from=build --chown=1000:1000 /data /data
RUN ln -s /app/bin/jupan.js /usr/local/bin/jupan
# From here, the default store sqlite://data/jupan.sqlite is /data/jupan.sqlite.
WORKDIR /
# The user node, by its number: Kubernetes then sees that it is not root.
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "require('http').get(`http://127.0.0.1:${process.env.OPS_PORT}/healthz`, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["jupan"]
CMD ["start"]
