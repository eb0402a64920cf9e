/** What stands before replicas, by the name it is run by: the title of its tests. */
export const frontTitles: Readonly<Record<string, string>> = { router: "behind vllm-router", nginx: "behind nginx" };
