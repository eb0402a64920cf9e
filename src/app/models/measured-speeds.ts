import * as v from "valibot";
import type { DraftModelInfo } from "../../models/draft-model.ts";
import { readStored, writeStored } from "../stored.ts";
import { modelSpeed, type ModelSpeed } from "./kept-speeds.ts";

/** As package.json pins them: another version may be another speed. */
export const engineVersions: Readonly<Record<DraftModelInfo["engine"], string>> = { webllm: "0.2.86", wllama: "3.8.1", scripted: "" };

const schema = v.record(v.string(), v.object({ engine: v.string(), speed: v.exactOptional(modelSpeed) }));
const key = "specreason.measured";

const read = (): v.InferOutput<typeof schema> => {
  const parsed = v.safeParse(schema, readStored(key));
  return parsed.success ? parsed.output : {};
};

/** The GPU or the CPU it was measured on counts, too: a model may have moved from one to the other. */
const engineOf = ({ engine, computesOn }: DraftModelInfo): string => `${engine} ${engineVersions[engine]} ${computesOn}`;

/** What was measured at rest of a model on this device, by its name. */
export const measuredSpeed = (model: string): ModelSpeed | undefined => read()[model]?.speed;

/** Whether it was measured, or tried to be, with this engine. */
export const wasMeasured = (info: DraftModelInfo): boolean => read()[info.name]?.engine === engineOf(info);

/** @param speed undefined where it took too long: it is not tried again */
export const keepMeasured = (info: DraftModelInfo, speed: ModelSpeed | undefined): void =>
  writeStored(key, { ...read(), [info.name]: { engine: engineOf(info), ...(speed === undefined ? {} : { speed }) } });
