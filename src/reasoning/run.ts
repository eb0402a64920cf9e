import { type Branch, branchOff, type Parting, takeUp } from "./branches.ts";
import type { BaseWriting, Failure, RequestId, RunEvent, StepEnd, StepId } from "./events.ts";
import type { Policy } from "./policy.ts";

export type ModelAuthor = "draft" | "base";
export type Author = ModelAuthor | "reader";
/** `edited`: the reader's own step, which nobody judges. */
export type Verdict = "pending" | "accepted" | "corrected" | "unverified" | "edited";

/** What a run is about, fixed when it starts. */
export type RunHeader = {
  readonly version: 1;
  readonly id: string;
  readonly problem: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly draft: { readonly id: string; readonly name: string };
  readonly base: { readonly id: string; readonly name: string };
  readonly policy: Policy;
};

/** Tokens read and generated for one step. Counts of the base model are those of whole requests, as servers report them. */
export type StepUsage = {
  /** By the draft model; of the prompt, `prefilledTokens` were not in its KV cache. */
  readonly draft?: { readonly promptTokens: number; readonly prefilledTokens: number; readonly generatedTokens: number };
  /** By the request that scored it, together with others where `steps` is more than one; a digit generated for each. */
  readonly score?: { readonly steps: number; readonly promptTokens: number; readonly cachedTokens?: number };
  /** By the base model's stream that ended with it. */
  readonly base?: { readonly promptTokens: number; readonly cachedTokens?: number };
};

export type RejectedDraft = {
  readonly step: StepId;
  readonly text: string;
  readonly score?: number;
  readonly tokens: number;
  readonly why: "score" | "repetition";
  readonly usage?: StepUsage;
};

/** One step of the transcript as it stands. */
export type Step = {
  readonly id: StepId;
  readonly author: Author;
  readonly verdict: Verdict;
  readonly text: string;
  readonly end: StepEnd;
  readonly tokens: number;
  readonly score?: number;
  /** Seconds it took to write. */
  readonly seconds: number;
  /** Run clock at which it was written. */
  readonly at: number;
  /** Why it stands without a verdict. */
  readonly unverifiedBecause?: "base-away" | "later" | "sure" | "alone" | "kept";
  /** Why the base model wrote it. */
  readonly why?: BaseWriting;
  /** The draft this correction replaced. */
  readonly rejected?: RejectedDraft;
  /** The base model's stream it came from. */
  readonly request?: RequestId;
  readonly usage?: StepUsage;
};

/** Steps that left the transcript, newest last. */
export type DroppedBranch = { readonly index: number; readonly at: number; readonly steps: readonly Step[] };

export type Answer = { readonly by: ModelAuthor; readonly text: string; readonly tokens: number; readonly promptTokens: number; readonly cut: boolean };

export type Totals = {
  readonly draftTokens: number;
  /** Drafted tokens that did not stay in the transcript. */
  readonly wastedDraftTokens: number;
  readonly draftPromptTokens: number;
  readonly draftPrefilledTokens: number;
  /** Tokens the base model wrote (corrections, races, answer), without the scores' digits. */
  readonly baseTokens: number;
  readonly wastedBaseTokens: number;
  readonly scoreRequests: number;
  /** All requests to the base model, scores included. */
  readonly baseRequests: number;
  readonly scoredSteps: number;
  readonly basePromptTokens: number;
  readonly baseCachedTokens: number;
  /** Seconds the draft model was at work, and seconds of requests to the base model (side by side counted twice). */
  readonly draftSeconds: number;
  readonly scoreSeconds: number;
  readonly baseSeconds: number;
  readonly rollbacks: number;
};

export type Run = {
  readonly header: RunHeader;
  readonly status: "running" | "stopped" | "failed" | "finished";
  readonly steps: readonly Step[];
  readonly dropped: readonly DroppedBranch[];
  /** Which branch the transcript as it stands is, from 1 in the order they began, and where it parted from the one before. */
  readonly branch: { readonly number: number; readonly parted?: Parting };
  /** The other branches, each kept whole, by number. */
  readonly branches: readonly Branch[];
  /** What is being written right now. */
  readonly liveDraft?: { readonly step: StepId; readonly index: number; readonly text: string };
  readonly liveBase?: { readonly request: RequestId; readonly index: number; readonly text: string; readonly why: BaseWriting };
  readonly liveAnswer?: { readonly by: ModelAuthor; readonly text: string };
  /** Score requests on their way, and the steps they ask about. */
  readonly scoring: readonly { readonly request: RequestId; readonly steps: readonly StepId[] }[];
  /** The rejected draft the correction in progress will replace. */
  readonly rejected?: RejectedDraft & { readonly index: number };
  readonly answer?: Answer;
  readonly thinkingEnded?: "model" | "budget" | "repetition" | "context";
  readonly baseAway?: Failure;
  /** Of the link to the base model, where it was measured. */
  readonly roundTripSeconds?: number;
  readonly failure?: Failure;
  readonly totals: Totals;
  /** Run clock of the latest event, in seconds. */
  readonly seconds: number;
  readonly nextStep: StepId;
  readonly nextRequest: RequestId;
};

const noTotals: Totals = {
  draftTokens: 0, wastedDraftTokens: 0, draftPromptTokens: 0, draftPrefilledTokens: 0,
  baseTokens: 0, wastedBaseTokens: 0, scoreRequests: 0, baseRequests: 0, scoredSteps: 0, basePromptTokens: 0, baseCachedTokens: 0,
  draftSeconds: 0, scoreSeconds: 0, baseSeconds: 0, rollbacks: 0,
};

const totalNames = [
  "draftTokens", "wastedDraftTokens", "draftPromptTokens", "draftPrefilledTokens", "baseTokens", "wastedBaseTokens",
  "scoreRequests", "baseRequests", "scoredSteps", "basePromptTokens", "baseCachedTokens", "draftSeconds", "scoreSeconds", "baseSeconds", "rollbacks",
] as const satisfies readonly (keyof Totals)[];

export const emptyRun = (header: RunHeader): Run => ({
  header, status: "running", steps: [], dropped: [], branch: { number: 1 }, branches: [], scoring: [], totals: noTotals, seconds: 0, nextStep: 0, nextRequest: 0,
});

export const foldRun = (header: RunHeader, events: Iterable<RunEvent>): Run => {
  let run = emptyRun(header);
  for (const event of events) run = foldEvent(run, event);
  return run;
};

/** The run after one more event. Streaming parts cost the same however long the run is. */
export const foldEvent = (before: Run, event: RunEvent): Run => apply({ ...before, seconds: event.at }, event);

export type Mutable = { -readonly [Key in keyof Run]: Run[Key] };

function apply(run: Mutable, event: RunEvent): Run {
  switch (event.kind) {
    case "started":
    case "resumed":
      run.status = "running";
      if (event.kind === "resumed" && event.policy !== undefined) run.header = { ...run.header, policy: event.policy };
      delete run.failure;
      delete run.baseAway;
      forgetLive(run);
      return run;
    case "draft-started":
      run.liveDraft = { step: event.step, index: event.index, text: "" };
      run.nextStep = Math.max(run.nextStep, event.step + 1);
      return run;
    case "draft-text":
      if (run.liveDraft?.step === event.step) run.liveDraft = { ...run.liveDraft, text: run.liveDraft.text + event.text };
      return run;
    case "drafted":
      delete run.liveDraft;
      run.totals = add(run.totals, {
        draftTokens: event.tokens, draftPromptTokens: event.promptTokens,
        draftPrefilledTokens: event.prefilledTokens, draftSeconds: event.seconds,
      });
      run.nextStep = Math.max(run.nextStep, event.step + 1);
      if (run.rejected?.index === event.index) delete run.rejected;
      run.steps = [...run.steps.slice(0, event.index), {
        id: event.step, author: "draft", verdict: "pending", text: event.text, end: event.end,
        tokens: event.tokens, seconds: event.seconds, at: event.at,
        usage: { draft: { promptTokens: event.promptTokens, prefilledTokens: event.prefilledTokens, generatedTokens: event.tokens } },
      }];
      return run;
    case "end-drafted":
      delete run.liveDraft;
      run.totals = add(run.totals, { draftTokens: event.tokens, draftSeconds: event.seconds });
      return run;
    case "draft-dropped":
      if (run.liveDraft?.step === event.step) delete run.liveDraft;
      run.totals = add(run.totals, { draftTokens: event.tokens, wastedDraftTokens: event.tokens, draftSeconds: event.seconds });
      return run;
    case "score-requested":
      run.nextRequest = Math.max(run.nextRequest, event.request + 1);
      run.totals = add(run.totals, { scoreRequests: 1, baseRequests: 1 });
      run.scoring = [...run.scoring, { request: event.request, steps: event.steps }];
      return run;
    case "scored":
      if (event.request !== undefined) run.totals = add(run.totals, { scoredSteps: 1 });
      return event.score === undefined ? run : change(run, event.step, { score: event.score });
    case "score-answered": {
      run.totals = add(run.totals, {
        scoreSeconds: event.seconds, basePromptTokens: event.promptTokens, baseCachedTokens: event.cachedTokens ?? 0,
      });
      const steps = run.scoring.find(({ request }) => request === event.request)?.steps ?? [];
      const score = { steps: steps.length, promptTokens: event.promptTokens, ...cachedOf(event) };
      for (const step of steps) use(run, step, { score });
      forgetScoring(run, event.request);
      return run;
    }
    case "score-dropped":
      run.totals = add(run.totals, { scoreSeconds: event.seconds });
      forgetScoring(run, event.request);
      return run;
    case "accepted":
      return change(run, event.step, { verdict: "accepted" });
    case "unverified":
      if (run.rejected?.step === event.step) delete run.rejected;
      return change(run, event.step, { verdict: "unverified", unverifiedBecause: event.why });
    case "rejected": {
      const index = indexOf(run.steps, event.step);
      const step = run.steps[index];
      if (step === undefined) return run;
      run.rejected = {
        index, step: step.id, text: step.text, tokens: step.tokens, why: event.why,
        ...(step.score === undefined ? {} : { score: step.score }),
        ...(step.usage === undefined ? {} : { usage: step.usage }),
      };
      return run;
    }
    case "rolled-back": {
      const dropped = run.steps.slice(event.toIndex);
      if (dropped.length > 0) run.dropped = [...run.dropped, { index: event.toIndex, at: event.at, steps: dropped }];
      run.steps = run.steps.slice(0, event.toIndex);
      delete run.thinkingEnded;
      delete run.answer;
      run.totals = add(run.totals, { wastedDraftTokens: event.tokens, rollbacks: 1 });
      return run;
    }
    case "branched":
      if (event.why !== "late-rejection") forgetLive(run);
      return branchOff(run, event);
    case "edited":
      run.nextStep = Math.max(run.nextStep, event.step + 1);
      run.steps = [...run.steps.slice(0, event.index), {
        id: event.step, author: "reader", verdict: "edited", text: event.text, end: "blank-line", tokens: 0, seconds: 0, at: event.at,
      }];
      return run;
    case "switched":
      forgetLive(run);
      return takeUp(run, event);
    case "base-started":
      run.nextRequest = Math.max(run.nextRequest, event.request + 1);
      run.totals = add(run.totals, { baseRequests: 1 });
      run.liveBase = { request: event.request, index: event.index, text: "", why: event.why };
      return run;
    case "base-text":
      if (run.liveBase?.request === event.request) {
        const text = run.liveBase.index === event.index ? run.liveBase.text + event.text : event.text;
        run.liveBase = { ...run.liveBase, index: event.index, text };
      }
      return run;
    case "base-step": {
      const replaced = run.rejected?.index === event.index ? run.rejected : undefined;
      if (replaced !== undefined) delete run.rejected;
      run.nextStep = Math.max(run.nextStep, event.step + 1);
      run.steps = [...run.steps.slice(0, event.index), {
        id: event.step, author: "base", verdict: replaced === undefined ? "accepted" : "corrected",
        text: event.text, end: event.end, tokens: event.tokens, seconds: event.seconds, at: event.at, why: event.why, request: event.request,
        ...(replaced === undefined ? {} : { rejected: withoutIndex(replaced) }),
        ...(replaced?.score === undefined ? {} : { score: replaced.score }),
      }];
      if (run.liveBase?.request === event.request) run.liveBase = { ...run.liveBase, index: event.index + 1, text: "" };
      return run;
    }
    case "base-ended":
      if (run.liveBase?.request === event.request) delete run.liveBase;
      run.totals = add(run.totals, {
        baseTokens: event.generatedTokens, wastedBaseTokens: event.wastedTokens, baseSeconds: event.seconds,
        basePromptTokens: event.promptTokens ?? 0, baseCachedTokens: event.cachedTokens ?? 0,
      });
      if (event.promptTokens !== undefined) {
        const last = run.steps.findLast(({ request }) => request === event.request);
        if (last !== undefined) use(run, last.id, { base: { promptTokens: event.promptTokens, ...cachedOf(event) } });
      }
      return run;
    case "base-lost":
      run.baseAway = event.failure;
      return run;
    case "base-back":
      delete run.baseAway;
      run.roundTripSeconds = event.roundTripSeconds;
      return run;
    case "link-measured":
      run.roundTripSeconds = event.roundTripSeconds;
      return run;
    case "thinking-ended":
      run.thinkingEnded = event.why;
      return run;
    case "answer-started":
      run.nextRequest = Math.max(run.nextRequest, event.request + 1);
      // Base alone, thinking and answer are one request.
      if (event.by === "base" && run.header.policy.mode !== "base") run.totals = add(run.totals, { baseRequests: 1 });
      run.liveAnswer = { by: event.by, text: "" };
      return run;
    case "answer-text":
      if (run.liveAnswer !== undefined) run.liveAnswer = { ...run.liveAnswer, text: run.liveAnswer.text + event.text };
      return run;
    case "answered":
      delete run.liveAnswer;
      run.answer = { by: event.by, text: event.text, tokens: event.tokens, promptTokens: event.promptTokens, cut: event.cut };
      run.totals = add(run.totals, event.by === "base"
        ? { baseTokens: event.tokens, baseSeconds: event.seconds, basePromptTokens: event.promptTokens }
        : { draftTokens: event.tokens, draftSeconds: event.seconds });
      return run;
    case "stopped":
      run.status = "stopped";
      forgetLive(run);
      return run;
    case "failed":
      run.status = "failed";
      run.failure = event.failure;
      forgetLive(run);
      return run;
    case "finished":
      run.status = "finished";
      forgetLive(run);
      return run;
  }
}

function forgetLive(run: Mutable): void {
  delete run.liveDraft;
  delete run.liveBase;
  delete run.liveAnswer;
  run.scoring = [];
}

function forgetScoring(run: Mutable, ended: RequestId): void {
  run.scoring = run.scoring.filter(({ request }) => request !== ended);
}

const cachedOf = ({ cachedTokens }: { readonly cachedTokens?: number }) => (cachedTokens === undefined ? {} : { cachedTokens });

/** Usage is told before the verdict, so a step that leaves takes it along. */
function use(run: Mutable, id: StepId, usage: StepUsage): void {
  const step = run.steps[indexOf(run.steps, id)];
  if (step !== undefined) change(run, id, { usage: { ...step.usage, ...usage } });
}

function add(totals: Totals, more: Partial<Totals>): Totals {
  const sum: { -readonly [Key in keyof Totals]: number } = { ...totals };
  for (const key of totalNames) sum[key] += more[key] ?? 0;
  return sum;
}

function withoutIndex({ index: _index, ...rejected }: RejectedDraft & { index: number }): RejectedDraft {
  return rejected;
}

/** Pending steps are near the end, so the search starts there. */
function indexOf(steps: readonly Step[], id: StepId): number {
  for (let index = steps.length - 1; index >= 0; index--) if (steps[index]?.id === id) return index;
  return -1;
}

function change(run: Mutable, id: StepId, changes: Partial<Step>): Run {
  const index = indexOf(run.steps, id);
  const step = run.steps[index];
  if (step === undefined) return run;
  const changed = { ...step, ...changes };
  run.steps = run.steps.with(index, changed);
  // A verdict counts in every branch that shares the step.
  if (run.branches.some(({ steps }) => steps[index] === step)) {
    run.branches = run.branches.map((branch) => (branch.steps[index] === step ? { ...branch, steps: branch.steps.with(index, changed) } : branch));
  }
  return run;
}
