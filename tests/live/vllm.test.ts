import { describeServer } from "./describe-server.ts";
import { runningRequests, startVllm } from "./servers/servers.ts";

describeServer({
  name: "vllm",
  start: startVllm,
  lacks: ["speculation-metrics"],
  running: runningRequests,
});
