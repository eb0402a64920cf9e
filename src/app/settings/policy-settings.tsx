import { useState } from "react";
import { askForNotifications, notificationPermission } from "../verification/notify.ts";
import { useWords } from "../words/use-words.ts";
import { ObjectivePredictions } from "../simulation/objective-predictions.tsx";
import { Choice, NumberField } from "./field.tsx";
import { limits } from "./settings.ts";
import { changePolicy, changeSettings, useSettings } from "./settings-store.ts";

export function PolicySettings() {
  const words = useWords();
  const policy = useSettings(({ settings }) => settings.policy);
  const say = words.settings.policy;
  const together = policy.mode !== "draft" && policy.mode !== "base";
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Choice label={say.mode} note={say.modeNotes[policy.mode]} value={policy.mode} options={say.modes} onChange={(mode) => changePolicy({ mode })} />
      {policy.mode === "auto" && (
        <Choice
          label={say.objective} note={say.objectiveNotes[policy.objective]} value={policy.objective} options={say.objectives}
          onChange={(objective) => changePolicy({ objective })}
        />
      )}
      {policy.mode === "auto" && <ObjectivePredictions />}
      {together && (
        <>
          <NumberField label={say.threshold} note={say.thresholdNote} value={policy.threshold} limits={limits.threshold} onChange={(threshold) => changePolicy({ threshold })} />
          <Choice label={say.scoring} note={say.scoringNote} value={policy.scoring} options={say.scorings} onChange={(scoring) => changePolicy({ scoring })} />
          <NumberField label={say.firstSteps} note={say.firstStepsNote} value={policy.firstStepsByBase} limits={limits.firstStepsByBase} onChange={(firstStepsByBase) => changePolicy({ firstStepsByBase })} />
        </>
      )}
      {(policy.mode === "auto" || policy.mode === "async") && (
        <NumberField label={say.window} note={say.windowNote} value={policy.window} limits={limits.window} onChange={(window) => changePolicy({ window })} />
      )}
      {policy.mode !== "base" && (
        <Choice
          label={say.answerBy} note={say.answerByNote} value={policy.answerBy} options={{ draft: words.author.draft, base: words.author.base }}
          onChange={(answerBy) => changePolicy({ answerBy })}
        />
      )}
      {together && (
        <>
          <Choice label={say.verify} note={say.verifyNote} value={policy.verify} options={say.verifies} onChange={(verify) => changePolicy({ verify })} />
          <LateRejection />
        </>
      )}
      <NumberField label={say.stepTokens} note={say.stepTokensNote} value={policy.stepTokens} limits={limits.stepTokens} onChange={(stepTokens) => changePolicy({ stepTokens })} />
      <NumberField label={say.tokenBudget} note={say.tokenBudgetNote} value={policy.tokenBudget} limits={limits.tokenBudget} onChange={(tokenBudget) => changePolicy({ tokenBudget })} />
      <NumberField label={say.answerTokens} note={say.answerTokensNote} value={policy.answerTokens} limits={limits.answerTokens} onChange={(answerTokens) => changePolicy({ answerTokens })} />
      <NumberField label={say.temperature} note={say.temperatureNote} value={policy.temperature} limits={limits.temperature} onChange={(temperature) => changePolicy({ temperature })} />
      <NumberField label={say.topP} note={say.topPNote} value={policy.topP} limits={limits.topP} onChange={(topP) => changePolicy({ topP })} />
      <NumberField label={say.seed} note={say.seedNote} value={policy.seed} limits={limits.seed} onChange={(seed) => changePolicy({ seed })} />
    </div>
  );
}

function LateRejection() {
  const say = useWords().settings.policy;
  const lateRejection = useSettings(({ settings }) => settings.lateRejection);
  return (
    <div className="grid content-start gap-2">
      <Choice label={say.late} note={say.lateNote} value={lateRejection} options={say.lates} onChange={(choice) => changeSettings({ lateRejection: choice })} />
      <Notifications />
    </div>
  );
}

/** Browsers let a page ask only when the reader has just pressed something. */
function Notifications() {
  const say = useWords().settings.policy;
  const [permission, setPermission] = useState(notificationPermission());
  if (permission === undefined) return null;
  if (permission !== "default") return <p className="text-[0.8125rem] text-quiet">{permission === "granted" ? say.notified : say.notifyBlocked}</p>;
  return <button type="button" className="button justify-self-start" onClick={() => void askForNotifications().then(setPermission)}>{say.notify}</button>;
}
