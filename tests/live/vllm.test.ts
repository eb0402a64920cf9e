import { describeServer } from "./describe-server.ts";
import { startVllm } from "./servers/servers.ts";

describeServer({
  name: "vllm",
  start: startVllm,
  lacks: ["speculation-metrics"],
  running: /^vllm:num_requests_running\{[^}]*\} (\S+)$/m,
});
