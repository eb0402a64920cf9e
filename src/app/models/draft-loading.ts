/** How far the opening of a draft model is. */
export type DraftLoading =
  | { readonly kind: "download"; readonly share: number }
  /** The engine is at work: weights to the GPU, shaders compiled, the check of appending. */
  | { readonly kind: "preparing" };
