//! Names of systems that people choose between, where no group of the lexicon has them.

/// Names that are no other word.
pub(super) const SYSTEMS: &str = "vue angular svelte sveltekit solidjs django fastapi laravel symfony nestjs nextjs nuxt gatsby vite webpack \
    rollup esbuild jest vitest cypress playwright selenium tailwind jquery redux zustand mobx pandas polars numpy hadoop airflow \
    dagster dbt databricks bigquery pytorch tensorflow jax keras sklearn xgboost lightgbm catboost vllm sglang langchain llamaindex \
    kotlin scala clojure haskell elixir erlang ocaml php csharp flutter xamarin nginx apache traefik haproxy istio linkerd kustomize \
    jenkins circleci github gitlab bitbucket vagrant podman eks gke aks heroku vercel netlify cloudflare supabase firebase keycloak \
    prisma sequelize typeorm trpc mqtt amqp zeromq grafana datadog kibana splunk npm pnpm deno gradle bazel cmake neovim emacs \
    vscode intellij pycharm debian ubuntu fedora freebsd postgresql mariadb neo4j clickhouse duckdb opensearch solr";

/// Names that are also words of everyday: one of them beside one of the others is a choice between systems.
pub(super) const SYSTEMS_IN_WORDS: &str = "react ember spring express rails flask remix astro swift go zig julia perl ruby spark flink \
    prefect snowflake argo helm nomad consul puppet chef lambda fargate fly caddy envoy nats pulsar kinesis mocha parcel bootstrap \
    ionic electron unity unreal godot yarn bun node cargo maven make vim poetry conda pip sentry loki jaeger qt gtk";
