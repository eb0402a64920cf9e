import type { ModelError } from "../models/model-error.ts";
import { createAlarm } from "./alarm.ts";
import { createAnswering } from "./answering.ts";
import { createBaseLink } from "./base-link.ts";
import type { ChainStep } from "./chain.ts";
import type { Desk } from "./desk.ts";
import { createDrafting } from "./drafting.ts";
import type { Failure } from "./events.ts";
import type { Outcome, Work } from "./reason.ts";
import type { Run } from "./run.ts";
import { createStanding } from "./standing.ts";
import { createStrategy } from "./strategy.ts";
import { createVerification } from "./verification.ts";
import { createWriting } from "./writing.ts";

/** The two models at work on one chain: the turn of the loop for every mode but `base`. */
export function reasonTogether(desk: Desk, run: Run): Work {
  const { chain, policy } = desk;
  const strategy = createStrategy(policy);
  const verifies = policy.mode !== "draft" && policy.verify === "now";
  const auto = policy.mode === "auto";

  /** Why the thinking ends where the chain ends now. */
  let ending = run.thinkingEnded;
  let announced = ending !== undefined;
  /** The place of a rejected step that the base model has yet to write. */
  let due = run.rejected?.index === chain.length ? run.rejected.index : undefined;
  /** The place the reader has asked the base model to write. */
  let asked = run.branch.parted?.why === "base-asked" && run.branch.parted.index === chain.length && policy.mode !== "draft" ? chain.length : undefined;
  due ??= asked;
  /** The judged draft that left the chain last. */
  let judged: { readonly index: number; readonly text: string; readonly score?: number | null } | undefined = run.rejected;
  /** The place left to a stream that had all but written it when its draft was accepted. */
  let yielded: number | undefined;
  /** Steps the base model goes on to write before a draft is tried again. */
  let handedOver = 0;
  /** A step behind one that still waits for its verdict is known to fail. */
  let doomed = false;
  let failure: Failure | undefined;
  let draftFailures = 0;
  let awayBecause: ModelError | undefined;

  const fail = ({ kind, message }: ModelError) => {
    failure = { kind, message };
  };
  const full = () => {
    ending ??= "context";
    due = undefined;
  };
  const baseFailed = (error: ModelError) => {
    awayBecause = error;
    if (error.kind === "context-overflow" && chain.length > 0) full();
    else link.lost(error);
  };
  const draftFailed = (error: ModelError) => {
    draftFailures += 1;
    if (error.kind === "context-overflow" && chain.length > 0) full();
    // An engine that hung or crashed is started again with the next call, once; a base model of the same kind is not.
    else if (!(error.retryable || error.kind === "engine-failed") || draftFailures > 1) fail(error);
  };
  const link = createBaseLink(desk, fail);
  const drafting = createDrafting(desk, { added: drafted, ended: () => (ending = "model"), full, failed: draftFailed });
  const verification = createVerification(desk, { answered: () => link.answered(), failed: baseFailed });
  const writing = createWriting(desk, { failed: baseFailed, full });
  const alarm = createAlarm(desk);
  const answering = createAnswering(desk, run.answer !== undefined, (error) => (answersByBase() ? baseFailed : draftFailed)(error));
  if (verifies) link.measure();

  const answersByBase = () => policy.answerBy === "base" && verifies && !link.givenUp;
  const passes = (step: ChainStep) => typeof step.score === "number" && step.score >= policy.threshold;
  const noneFollows = () => ending !== undefined || chain.pending >= strategy.window;
  const standing = createStanding(desk, { drafting, verification, writing, passes, noneFollows });
  const sureness = ({ sure }: ChainStep) => (sure === undefined ? {} : { sure });
  const writesFirst = () => verifies && !link.givenUp && chain.length < policy.firstStepsByBase;

  /** Rolls the chain back to its first `index` steps, with everything that was built on the others. */
  function rollBack(index: number): void {
    drafting.cancel();
    answering.cancel();
    ending = undefined;
    announced = false;
    doomed = false;
    if (asked !== undefined && asked > index) {
      asked = undefined;
      due = undefined;
    }
    if ((writing.index ?? -1) > index) cancelWriting();
    const gone = chain.cut(index);
    verification.dropGone();
    if (gone.length === 0) return;
    const tokens = gone.reduce((sum, step) => sum + step.tokens, 0);
    desk.emit({ kind: "rolled-back", toIndex: index, steps: gone.map(({ id }) => id), tokens });
  }

  function cancelWriting(): void {
    writing.cancel();
    handedOver = 0;
  }

  function reject(step: ChainStep, why: "score" | "repetition"): void {
    const index = chain.settled;
    desk.emit({ kind: "rejected", step: step.id, why, ...sureness(step) });
    remember(step, index);
    rollBack(index);
    due = index;
    asked = undefined;
  }

  function remember({ text, score }: ChainStep, index: number): void {
    judged = { index, text, ...(score === undefined ? {} : { score }) };
  }

  function drafted(step: ChainStep): void {
    if (judged?.index === chain.length - 1 && judged.text === step.text && typeof judged.score === "number") {
      // A judged step drafted again word for word is not to be scored again.
      step.score = judged.score;
      desk.emit({ kind: "scored", step: step.id, score: judged.score, rung: "remembered" });
    } else if (verifies && !step.repeats && strategy.skip(desk.pace, step.sure === true, chain.length)) {
      step.state = "waived";
      step.shownUnverified = true;
      desk.emit({ kind: "unverified", step: step.id, why: "sure" });
    }
  }

  /** Gives verdicts in order, as far as they are known. */
  function settleVerdicts(): void {
    for (let step = chain.steps[chain.settled]; step !== undefined; step = chain.steps[chain.settled]) {
      const index = chain.settled;
      if (step.repeats && verifies && !link.givenUp) return reject(step, "repetition");
      if (step.repeats) {
        rollBack(index);
        ending = "repetition";
        return;
      }
      if (step.state !== "pending") {
        chain.settle();
        continue;
      }
      if (!verifies) {
        step.state = "waived";
        desk.emit({ kind: "unverified", step: step.id, why: policy.mode === "draft" ? "alone" : "later" });
      } else {
        if (step.score === undefined) break;
        if (!passes(step)) {
          if (link.givenUp) break;
          return reject(step, "score");
        }
        const streamed = auto && writing.index === index ? strategy.overtake(desk.pace, standing.passed()) : "overtake";
        if (streamed === "wait") break;
        desk.emit({ kind: "accepted", step: step.id, ...sureness(step) });
        if (streamed === "stay") {
          yielded = index;
          remember(step, index);
          return rollBack(index);
        }
        // The draft overtakes what the base model was writing in its place.
        if (writing.index === index) cancelWriting();
        step.state = "settled";
      }
      chain.settle();
    }
    doomed = false;
    // While the base model is away no verdict comes, and very many steps may wait.
    if (link.away) return;
    for (let index = chain.settled + 1; index < chain.length; index++) {
      const step = chain.steps[index];
      if (step?.score === undefined || passes(step)) continue;
      // It will be rejected unless a step before it is: nothing more is built on it.
      if (chain.length > index + 1 || drafting.index !== undefined || ending !== undefined) rollBack(index + 1);
      doomed = true;
      return;
    }
  }

  /** Takes the base model's whole steps into the chain. */
  function takeWritten(): void {
    while (writing.ready > 0 && writing.index === chain.settled) {
      const index = chain.settled;
      const needed = due === index || writing.why === "first-steps";
      if (!needed && writing.why !== "hand-over" && !writing.endsNext && strategy.hold(desk.pace, standing.situation(), standing.tokensUpToVerdict())) break;
      rollBack(index);
      link.answered();
      const step = writing.take(needed);
      if (step === undefined) break;
      due = undefined;
      asked = undefined;
      if (step.end === "end-of-thinking" || step.end === "end-of-text") ending = "model";
      else if (chain.steps.at(-1)?.repeats === true) ending = "repetition";
      if (ending !== undefined && writing.goesOn) cancelWriting();
      else if (auto && writing.goesOn) keepWritingOrNot();
    }
    // While its step waits for the verdict of a draft, a stream writes on for as long as that is worth its tokens.
    if (auto && writing.ready > 1 && !strategy.race(desk.pace, standing.situation())) writing.rest();
    writing.closeIfOver();
  }

  function keepWritingOrNot(): void {
    if (writesFirst()) return;
    if (handedOver > 0) {
      handedOver -= 1;
      writing.because("hand-over");
    } else if (strategy.race(desk.pace, standing.situation())) writing.because("race");
    else cancelWriting();
  }

  /** Whether a stream started now for a step that is needed would go on after it, against the draft model. */
  function racesAfter(): boolean {
    const now = standing.situation();
    const then = { ...now, verdictIn: strategy.verdictSeconds(desk.pace), lead: now.lead - desk.pace.baseFirstToken.value };
    return strategy.race({ ...desk.pace, lastVerdict: "rejected" }, then);
  }

  function startWriting(): void {
    if (writing.active) return;
    if (due !== undefined && due === asked) {
      writing.start(due, "asked", "one-step");
    } else if (!verifies) {
      return;
    } else if (due !== undefined) {
      handedOver = auto ? strategy.handOver(desk.pace) : 0;
      writing.start(due, "correction", handedOver > 0 || (auto && racesAfter()) ? "run-on" : "one-step");
    } else if (writesFirst() && chain.pending === 0) {
      writing.start(chain.length, "first-steps", auto ? "run-on" : "one-step");
    } else if (auto && (ending === undefined || chain.pending > 0)) {
      const now = standing.situation();
      if (strategy.hedge(desk.pace, now)) writing.start(chain.settled, "hedge", racesAfter() ? "run-on" : "one-step");
      else alarm.ringIn(strategy.leadLasts(desk.pace, now));
    }
  }

  function mayDraft(): boolean {
    if (drafting.index !== undefined || ending !== undefined || doomed || due !== undefined || writesFirst()) return false;
    if (writing.why === "hand-over" || (writing.active && yielded === chain.length)) return false;
    return link.away || !verifies || chain.pending < strategy.window;
  }

  function showUnverified(): void {
    for (let index = chain.length - 1; index >= chain.settled; index--) {
      const step = chain.steps[index];
      if (step === undefined || step.shownUnverified) return;
      if (step.state !== "pending") continue;
      step.shownUnverified = true;
      desk.emit({ kind: "unverified", step: step.id, why: "base-away" });
    }
  }

  function start(): void {
    if (chain.tokens >= policy.tokenBudget) ending ??= "budget";
    if (link.away) showUnverified();
    if (link.givenUp && asked !== undefined) {
      // Nobody else is to write it: the run waits, at rest, for the base model and the reader.
      if (awayBecause !== undefined) fail(awayBecause);
      return;
    }
    if (link.givenUp && due !== undefined) {
      drafting.anotherAttempt(due);
      due = undefined;
    }
    if ((verifies || asked !== undefined) && !link.away) startWriting();
    if (mayDraft()) drafting.start();
    if (verifies && !link.away && !verification.ask(strategy.mostScoreRequests(desk.pace))) {
      rollBack(chain.settled);
      ending = "context";
    }
  }

  /** The answer follows once the thinking has ended; written by the draft model it need not wait for the last verdicts. */
  function startAnswer(): boolean {
    const settled = !verifies || chain.pending === 0 || link.givenUp;
    if (ending === undefined || due !== undefined) return false;
    if (settled && writing.active) cancelWriting();
    if (settled && !announced) {
      announced = true;
      desk.emit({ kind: "thinking-ended", why: ending });
    }
    if (policy.answerTokens === 0 || answering.done) return settled;
    const early = policy.mode !== "sync" && policy.answerBy === "draft" && !doomed;
    if (!answering.active && (settled || early)) answering.start(answersByBase() ? "base" : "draft");
    return false;
  }

  function turn(): Outcome | undefined {
    settleVerdicts();
    takeWritten();
    start();
    const done = startAnswer();
    if (failure !== undefined) return { kind: "failed", failure };
    return done ? { kind: "finished" } : undefined;
  }

  function stop(): void {
    drafting.cancel();
    writing.cancel();
    answering.cancel();
    alarm.cancel();
    verification.dropAll();
  }

  return { turn, stop };
}
