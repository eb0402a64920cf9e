import type { ModelTarget } from "../models/draft-source.ts";
import { StoredModel } from "./stored-model.tsx";
import { OutsideText } from "../text/outside-text.tsx";

type ModelDescriptionProps = { readonly name: string; readonly address: string; readonly target: ModelTarget };

/** A kept model: what it is called, where it came from, and what can be done with it. */
export const ModelDescription = ({ name, address, target }: ModelDescriptionProps) => (
  <li className="grid gap-0.5 py-2">
    <p className="font-medium"><OutsideText text={name} /></p>
    <p className="text-quiet"><OutsideText text={address} /></p>
    <StoredModel target={target} name={name} />
  </li>
);
