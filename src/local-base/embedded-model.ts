import { fileURLToPath } from "node:url";

/** The base model of the pair that comes with the app. */
export const embeddedModelPath = fileURLToPath(new URL("../../public/models/arithmetic-base.gguf", import.meta.url));
