import { fits, type CatalogueModel } from "../../models/model-catalogue.ts";
import { PageError } from "../trouble.ts";
import type { ModelTarget } from "./draft-source.ts";
import { readMachine } from "./machine.ts";

/**
 * The f16 or the f32 record, as the adapter's shaders allow. Its size is no reason to refuse: the browser tells no GPU's memory.
 * @throws PageError "no-gpu" where it cannot run on this machine's GPU
 */
export async function variantHere(model: CatalogueModel): Promise<Extract<ModelTarget, { kind: "webllm" }>> {
  const fit = fits(model, (await readMachine()).gpu, undefined);
  if (fit.kind === "does-not-fit") throw new PageError("no-gpu", `${model.name} cannot run here: ${[fit.why, ...(fit.missing ?? [])].join(", ")}.`);
  return { kind: "webllm", modelUrl: fit.variant.modelUrl, modelLibUrl: fit.variant.modelLibUrl };
}
