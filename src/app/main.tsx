import { createRoot } from "react-dom/client";
import { appRun, appVerification } from "./app-run.ts";
import { watchHistory } from "./history/history-store.ts";
import { openSharedRun } from "./history/shared-run-store.ts";
import { trustOwnScripts } from "../page-security/trust-own-scripts.ts";
import { keepAppOffline } from "./offline/app-update.ts";
import { Page } from "./page.tsx";
import { writeProblem } from "./problem/problem-store.ts";
import { runInAddress, sharedInAddress, showInAddress } from "./run/run-address.ts";
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet exports nothing
import "./style.css";

trustOwnScripts(new URL(import.meta.env.BASE_URL, location.href).href);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createRoot(root).render(<Page />);

appRun.store.subscribe(({ run }, { run: before }) => {
  if (run === undefined || run.header.id === before?.header.id) return;
  showInAddress(run.header.id);
  writeProblem(run.header.problem);
});

document.addEventListener("keydown", (event) => {
  // Esc closes an open dialog or list, or gives up what is being renamed, first; a run is stopped by the next one.
  const elsewhere = event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && !elsewhere && document.querySelector("dialog[open]") === null) void appRun.stop();
});

const showAddressed = (): void => {
  const shared = sharedInAddress();
  if (shared !== undefined) void openSharedRun(shared);
  const run = runInAddress();
  if (run !== undefined && appRun.store.getState().run?.header.id !== run) void appRun.show(run);
};
addEventListener("hashchange", showAddressed);
showAddressed();
addEventListener("pageshow", (event: PageTransitionEvent) => {
  const shown = appRun.store.getState().run?.header.id;
  // What other tabs did while this page lay in the back/forward cache was not heard.
  if (event.persisted && shown !== undefined) void appRun.show(shown);
});
void watchHistory();
appVerification.start();

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // What the first run needs comes first.
  const begin = (): void => void keepAppOffline(navigator.serviceWorker, `${import.meta.env.BASE_URL}service-worker.js`, () => location.reload()).catch(() => undefined);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}
