/** What stands before replicas, by the name it is run by: the title of its tests. */
export const frontTitles = { router: "behind vllm-router", nginx: "behind nginx" } as const;
