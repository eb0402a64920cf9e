import { describeServer } from "./describe-server.ts";
import { startLlamaServer } from "./servers/servers.ts";

describeServer({
  name: "llama-server",
  start: startLlamaServer,
  lacks: ["speculation-metrics"],
  running: /^llamacpp:requests_processing (\S+)$/m,
  openToAll: true,
  answersToAnyName: true,
});
