/** Counters under vLLM's names, so that what watches a vLLM can watch this too. */
export type Metrics = {
  running: number;
  waiting: number;
  prefixCacheQueries: number;
  prefixCacheHits: number;
  promptTokens: number;
  generationTokens: number;
  readonly finished: Record<"stop" | "length" | "abort", number>;
};

export const newMetrics = (): Metrics => ({
  running: 0,
  waiting: 0,
  prefixCacheQueries: 0,
  prefixCacheHits: 0,
  promptTokens: 0,
  generationTokens: 0,
  finished: { stop: 0, length: 0, abort: 0 },
});

/** Prometheus' text format. */
export function metricsText(metrics: Metrics, modelName: string): string {
  const name = modelName.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  const labels = `engine="0",model_name="${name}"`;
  const lines: readonly (readonly [name: string, type: "gauge" | "counter", help: string, value: number])[] = [
    ["vllm:num_requests_running", "gauge", "Requests being computed or sent.", metrics.running],
    ["vllm:num_requests_waiting", "gauge", "Requests waiting for a free sequence.", metrics.waiting],
    ["vllm:prefix_cache_queries_total", "counter", "Prompt tokens looked up in the prefix cache.", metrics.prefixCacheQueries],
    ["vllm:prefix_cache_hits_total", "counter", "Prompt tokens found in the prefix cache.", metrics.prefixCacheHits],
    ["vllm:prompt_tokens_total", "counter", "Prompt tokens processed.", metrics.promptTokens],
    ["vllm:generation_tokens_total", "counter", "Tokens generated.", metrics.generationTokens],
  ];
  const finished = Object.entries(metrics.finished).map(
    ([reason, count]) => `vllm:request_success_total{${labels},finished_reason="${reason}"} ${count}`,
  );
  return [
    ...lines.flatMap(([metric, type, help, value]) => [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`, `${metric}{${labels}} ${value}`]),
    "# HELP vllm:request_success_total Requests ended, by reason.",
    "# TYPE vllm:request_success_total counter",
    ...finished,
    "",
  ].join("\n");
}
