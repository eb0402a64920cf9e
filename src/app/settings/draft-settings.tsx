import { lazy, Suspense } from "react";
import { useShelfOpened } from "../shelf/shelf-opened.ts";

/** Comes with the first look at the settings: no run needs it. */
const ModelShelf = lazy(async () => ({ default: (await import("../shelf/model-shelf.tsx")).ModelShelf }));

export const DraftSettings = () => (useShelfOpened() ? <Suspense><ModelShelf /></Suspense> : null);
