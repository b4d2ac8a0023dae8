# One image for the API, the worker, the migrations and the audit: the command tells them apart.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts scripts/build.ts
COPY src src
COPY migrations migrations
RUN node --import tsx scripts/build.ts

# What runs needs no install script: the optional packages are other platforms' compilers and the
# PostgreSQL of `npm start`.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY scripts/patch-driver.mjs scripts/patch-driver.mjs
RUN node scripts/patch-driver.mjs

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    TOLLGATE_HOST=0.0.0.0 \
    WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    CATALOG_DIR=/app/catalogs
WORKDIR /app
# Everything belongs to root and is read by the user `node`: what runs cannot change itself.
COPY --from=packages /packages/node_modules node_modules
COPY package.json ./
COPY --from=build /build/dist dist
COPY catalogs catalogs
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "dist/src/cli/check-health.js", "api"]
# Young objects of many calls at once die before they are moved.
CMD ["node", "--max-semi-space-size=32", "dist/src/server.js"]
