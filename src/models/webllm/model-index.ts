import * as v from "valibot";

const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));

/** tensor-cache.json of a model's folder: what its weights are in. */
const tensorCache = v.object({
  records: v.pipe(
    v.array(v.object({
      dataPath: v.pipe(v.string(), v.regex(/^\w[\w.-]*(?:\/\w[\w.-]*)*$/)),
      nbytes: bytes,
      /** Hexadecimal, of the whole shard; the packager writes it beside the length. */
      md5sum: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/i))),
    })),
    v.minLength(1),
  ),
});

export type Shard = { readonly url: string; readonly bytes: number; readonly md5?: string };

export const modelIndexName = "tensor-cache.json";

/** @returns undefined for what is no index of a model's weights */
export function readModelIndex(json: unknown, folder: string): readonly Shard[] | undefined {
  const parsed = v.safeParse(tensorCache, json);
  if (!parsed.success) return undefined;
  return parsed.output.records.map(({ dataPath, nbytes, md5sum }) => ({
    url: new URL(dataPath, folder).href, bytes: nbytes, ...(md5sum === undefined ? {} : { md5: md5sum.toLowerCase() }),
  }));
}
