import { type ChatFormat, chatFormatFor, chatFormats } from "../chat-format.ts";

const marks = { problem: "{{problem}}", steps: "{{steps}}", rate: "{{rate}}" } as const;

/** A conversation whose rendering shows every piece of a model's turn structure. */
export const markedMessages = [
  { role: "user", content: marks.problem },
  { role: "assistant", content: marks.steps },
  { role: "user", content: marks.rate },
] as const;

/**
 * The turn structure in a server's own rendering of `markedMessages` with the beginning of an answer.
 * A built-in format where the rendering is of its shape (with the server's text before the first turn); otherwise one read off the rendering.
 * @returns undefined where the rendering lost or changed a message
 */
export function turnStructureOf(rendered: string, modelName: string): ChatFormat | undefined {
  const pieces = piecesOf(rendered);
  if (pieces === undefined) return undefined;
  const [beforeProblem, beforeSteps, beforeRate, afterRate] = pieces;
  // What the answer's turn has beyond an earlier answer's opens, or closes at once, its thinking.
  if (!afterRate.startsWith(beforeSteps)) return undefined;
  const opener = afterRate.slice(beforeSteps.length);

  const builtIn = chatFormats.find(
    ({ userStart, userEnd, assistantStart, assistantEnd }) =>
      beforeProblem.endsWith(userStart) && beforeSteps === userEnd + assistantStart && beforeRate === assistantEnd + userStart,
  );
  if (builtIn !== undefined) {
    const textStart = beforeProblem.slice(0, beforeProblem.length - builtIn.userStart.length);
    const thinking = thinkingOf(opener, builtIn);
    const same = textStart === builtIn.textStart && thinking.thinkingStart === builtIn.thinkingStart;
    return same ? builtIn : { ...builtIn, ...thinking, id: `${builtIn.id}, as the server renders it`, textStart };
  }
  // Prompts join these pieces in this order only, so that it does not matter where within a seam they are cut.
  const userStart = beforeRate.slice(beforeRate.length - commonEnd(beforeProblem, beforeRate));
  return {
    id: "as the server renders it",
    textStart: beforeProblem.slice(0, beforeProblem.length - userStart.length),
    userStart,
    userEnd: "",
    assistantStart: beforeSteps,
    assistantEnd: beforeRate.slice(0, beforeRate.length - userStart.length),
    ...thinkingOf(opener, chatFormatFor(modelName)),
  };
}

function piecesOf(rendered: string): readonly [string, string, string, string] | undefined {
  const [beforeProblem, rest, ...none] = rendered.split(marks.problem);
  const [beforeSteps, next, ...nor] = (rest ?? "").split(marks.steps);
  const [beforeRate, afterRate, ...more] = (next ?? "").split(marks.rate);
  if (beforeProblem === undefined || beforeSteps === undefined || beforeRate === undefined || afterRate === undefined) return undefined;
  return none.length + nor.length + more.length === 0 ? [beforeProblem, beforeSteps, beforeRate, afterRate] : undefined;
}

type Thinking = Pick<ChatFormat, "thinkingStart" | "thinkingEnd" | "emptyThinking">;

function thinkingOf(opener: string, family: ChatFormat): Thinking {
  const tag = /^\s*<([\w:|-]+)>\s*$/.exec(opener)?.[1];
  if (tag === undefined) return { thinkingStart: family.thinkingStart, thinkingEnd: family.thinkingEnd, emptyThinking: family.emptyThinking };
  const thinkingEnd = `</${tag}>`;
  return { thinkingStart: opener, thinkingEnd, emptyThinking: family.emptyThinking.includes(thinkingEnd) ? family.emptyThinking : `<${tag}>\n\n${thinkingEnd}\n\n` };
}

function commonEnd(one: string, other: string): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return length;
}
