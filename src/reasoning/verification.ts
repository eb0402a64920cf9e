import type { ModelError } from "../models/model-error.ts";
import type { Desk, Job } from "./desk.ts";
import type { RequestId, StepId } from "./events.ts";
import type { ChainStep } from "./chain.ts";
import { scorePrompt } from "./prompts.ts";
import { scoreOf } from "./score.ts";

/** Most steps scored by one request: after hours offline many wait, and the first rejection makes the rest worthless. */
const mostInOneRequest = 16;

/** The base model's side of judging: several requests may be on their way, each for one step or several. */
export function createVerification(desk: Desk, outcome: { readonly answered: () => void; readonly failed: (error: ModelError) => void }) {
  const { base, chain, clock, policy } = desk;
  const requests = new Map<RequestId, { readonly job: Job; readonly steps: readonly ChainStep[]; readonly began: number }>();

  function send(steps: readonly ChainStep[], prompts: readonly string[]): void {
    const request = desk.newRequest();
    const began = clock.now();
    for (const step of steps) step.asked = true;
    desk.emit({ kind: "score-requested", request, steps: steps.map(({ id }) => id) });
    const job = desk.launch(
      async (signal, self) => {
        const { judgements, usage } = await base.score({ prompts, signal });
        self.post(() => {
          requests.delete(request);
          outcome.answered();
          if (prompts.length === 1) desk.scoreRoom.learn(prompts[0]?.length ?? 0, usage.promptTokens);
          for (const [place, step] of steps.entries()) {
            const judgement = judgements[place];
            if (judgement === undefined || step.gone) continue;
            const score = scoreOf(judgement, policy.scoring);
            step.score = score ?? null;
            desk.emit({ kind: "scored", request, step: step.id, rung: judgement.rung, ...(score === undefined ? {} : { score }) });
          }
          desk.emit({ kind: "score-answered", request, seconds: clock.now() - began, ...usage });
        });
      },
      (error) => {
        drop(request);
        outcome.failed(error);
      },
    );
    requests.set(request, { job, steps, began });
  }

  function drop(request: RequestId): void {
    const dropped = requests.get(request);
    if (dropped === undefined) return;
    const { job, steps, began } = dropped;
    job.cancel();
    requests.delete(request);
    for (const step of steps) step.asked = false;
    desk.emit({ kind: "score-dropped", request, steps: steps.map(({ id }) => id), seconds: clock.now() - began });
  }

  return {
    /** When the request for this step was sent, on the clock. */
    askedAt(step: StepId): number | undefined {
      for (const { steps, began } of requests.values()) if (steps.some(({ id }) => id === step)) return began;
      return undefined;
    },
    /** Sends what waits to be scored, all in one request, unless as many requests as allowed are on their way. Returns false where the base model's context is too short for it. */
    ask(mostInFlight: number): boolean {
      if (requests.size >= mostInFlight) return true;
      const waiting: ChainStep[] = [];
      const prompts: string[] = [];
      for (let index = chain.settled; index < chain.length && waiting.length < mostInOneRequest; index++) {
        const step = chain.steps[index];
        if (step === undefined || step.repeats) break;
        if (step.state !== "pending" || step.asked || step.score !== undefined) continue;
        const prompt = scorePrompt(base.info, desk.problem, chain.upTo(index));
        if (desk.scoreRoom.known && desk.scoreRoom.after(prompt.length) < 1) return false;
        waiting.push(step);
        prompts.push(prompt);
      }
      if (waiting.length > 0) send(waiting, prompts);
      return true;
    },
    /** Aborts the requests of which no step is left in the chain. */
    dropGone(): void {
      for (const [request, { steps }] of requests) if (steps.every(({ gone }) => gone)) drop(request);
    },
    dropAll(): void {
      for (const request of requests.keys()) drop(request);
    },
  };
}
