import type { BrowserContext, Page } from "playwright/test";

/** What should never be seen on a page: errors in its console, thrown errors, reports of its policy. */
export type Complaints = { readonly all: string[] };

/** Call it before the page is opened. */
export async function watchContext(context: BrowserContext): Promise<Complaints> {
  const all: string[] = [];
  await context.exposeBinding("reportViolation", (_, report: string) => { all.push(`policy: ${report}`); });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample, sourceFile, lineNumber }) => {
      const report = `${effectiveDirective} ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`;
      (globalThis as unknown as { reportViolation(report: string): void }).reportViolation(report);
    });
  });
  const watch = (page: Page): void => {
    page.on("console", (message) => { if (message.type() === "error") all.push(`console: ${message.text()} (${message.location().url})`); });
    page.on("pageerror", (error) => { all.push(`thrown: ${error.message}`); });
  };
  for (const page of context.pages()) watch(page);
  context.on("page", watch);
  return { all };
}
