import { useState } from "react";
import { useNumbers } from "../words/use-numbers.ts";
import { TextField } from "./field.tsx";
import { usePriceWords } from "./price-words.ts";
import { changePrices, priceKey, priceLimits, usePriceList } from "./prices.ts";
import { Saying } from "../text/outside-text.tsx";

type PriceSettingsProps = { readonly endpoint: string; readonly model: string };

/** What this model's provider asks. */
export function PriceSettings({ endpoint, model }: PriceSettingsProps) {
  const words = usePriceWords();
  const key = priceKey(endpoint, model);
  const prices = usePriceList()[key] ?? {};
  return (
    <fieldset key={key} className="grid gap-2 sm:col-span-2">
      <legend className="mb-1 font-medium">{model.trim() === "" ? words.ofAll : <Saying say={(name = "") => words.of(name)} names={[model]} />}</legend>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] gap-4">
        <PriceField label={words.prompt} value={prices.prompt} onChange={(prompt) => changePrices(key, { prompt })} />
        <PriceField label={words.cachedPrompt} value={prices.cachedPrompt} onChange={(cachedPrompt) => changePrices(key, { cachedPrompt })} />
        <PriceField label={words.generated} value={prices.generated} onChange={(generated) => changePrices(key, { generated })} />
      </div>
      <p className="text-[0.8125rem] leading-snug text-quiet">{words.note}</p>
    </fieldset>
  );
}

type PriceFieldProps = { readonly label: string; readonly value: number | undefined; readonly onChange: (value: number | undefined) => void };

/** What is typed stays as typed; it counts once it is a price, or nothing. */
function PriceField({ label, value, onChange }: PriceFieldProps) {
  const words = usePriceWords();
  const { count } = useNumbers();
  const [typed, setTyped] = useState<string>();
  const wrong = typed !== undefined && readPrice(typed) === "wrong";
  return (
    <TextField
      label={label} alarm={wrong} value={typed ?? value?.toString() ?? ""}
      {...(wrong ? { note: words.outOf(count(priceLimits.least), count(priceLimits.most)) } : {})}
      onChange={(text) => {
        setTyped(text);
        const price = readPrice(text);
        if (price !== "wrong") onChange(price);
      }}
    />
  );
}

/** With a point or, as many write it, a comma. */
export function readPrice(text: string): number | undefined | "wrong" {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return undefined;
  const price = /^\d*\.?\d+$|^\d+\.$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return price >= priceLimits.least && price <= priceLimits.most ? price : "wrong";
}
