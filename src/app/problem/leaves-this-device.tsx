import { AuthorSymbol } from "../frame/symbols.tsx";
import { usesBase } from "../models/open-pair.ts";
import { endpointAddress } from "../settings/endpoint-address.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useWords } from "../words/use-words.ts";

/** Names where the problem goes before it goes there. */
export function LeavesThisDevice() {
  const words = useWords();
  const { url, where } = useSettings(({ settings }) => settings.base);
  const asksBase = useSettings(({ settings }) => usesBase(settings.policy));
  return (
    <p className="flex gap-1.5 text-[0.8125rem] text-quiet">
      <AuthorSymbol author={asksBase && where !== "device" ? "base" : "draft"} className="mt-px" />
      <span>
        {words.leaves.title}
        {!asksBase ? words.leaves.nothing : where === "device" ? words.leaves.onDevice : <ToEndpoint typed={url} />}
      </span>
    </p>
  );
}

function ToEndpoint({ typed }: { readonly typed: string }) {
  const words = useWords();
  const address = endpointAddress(typed, location.href);
  return <>{words.leaves.toBase(address?.shown ?? typed)}{address?.ownServer === true && words.leaves.thisOrigin}</>;
}
