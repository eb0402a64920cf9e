import { usesBase } from "../models/open-pair.ts";
import { endpointAddress } from "../settings/endpoint-address.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useWords } from "../words/use-words.ts";

/** Names where the problem goes before it goes there. */
export function LeavesThisDevice() {
  const words = useWords();
  const typed = useSettings(({ settings }) => settings.base.url);
  const asksBase = useSettings(({ settings }) => usesBase(settings.policy));
  const address = endpointAddress(typed, location.href);
  return (
    <p className="text-[0.8125rem] text-quiet">
      {words.leaves.title}
      {asksBase
        ? <>{words.leaves.toBase(address?.shown ?? typed)}{address?.ownServer === true && words.leaves.thisOrigin}</>
        : words.leaves.nothing}
    </p>
  );
}
