import { predictObjectives, whatIf } from "../../simulate/what-if.ts";
import type { SimulationAnswer, SimulationQuestion } from "./simulation-message.ts";

async function answer(question: SimulationQuestion): Promise<SimulationAnswer> {
  const { kind, number } = question;
  try {
    return kind === "what-if"
      ? { kind, number, result: await whatIf(question.run, question.events, question.settings) }
      : { kind, number, result: await predictObjectives(question.pace) };
  } catch (error) {
    return { kind: "failed", number, message: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener("message", ({ data }: MessageEvent<SimulationQuestion>) => {
  void answer(data).then((reply) => postMessage(reply));
});
